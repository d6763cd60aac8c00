package io.unifluid.schemas.reading;

import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecord;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferInputStream;
import org.apache.kafka.common.utils.ByteUtils;
import org.apache.kafka.common.utils.CloseableIterator;
import org.apache.kafka.common.utils.Utils;

/**
 * The records of one batch, one after the other as they come out of its codec. One that is too large is cut. Where the
 * batch is damaged, or has unpacked to too much, a last record stands for it and all that follow: the same one whoever
 * reads the batch, and from wherever.
 */
final class Unpacking implements CloseableIterator<Record> {
    private static final String TOO_MUCH =
            "The record or its batch unpacks to more than is read, which is " + ReadLimits.RECORD
                    + " bytes of a record and " + ReadLimits.BATCH + " of a batch (each record counted with "
                    + ReadLimits.PER_RECORD + " more): send less in one batch.";
    private static final String IN_ONE_PIECE = "The record's batch is packed in pieces of more than " + ReadLimits.PIECE
            + " bytes, and is not read: send less in one batch, or with another codec.";
    private static final String DAMAGED =
            "The record's batch cannot be unpacked from this record on: have its sender send it again.";

    /** Records up to this size have not too many headers: the smallest takes two bytes. */
    private static final int SMALL = 2 * ReadLimits.HEADERS;

    private final DefaultRecordBatch batch;
    private final PollBudget budget;
    private final ByteBuffer plain;
    private final InputStream packed;
    private final int count;
    private final Long appendTime;
    private final String unreadable;
    private int read;
    private long next;
    private long spent;
    private long effort;

    /** @param bytes all of the batch */
    Unpacking(DefaultRecordBatch batch, ByteBuffer bytes, BufferSupplier buffers, PollBudget budget) {
        this.batch = batch;
        this.budget = budget;
        this.count = batch.countOrNull();
        this.next = batch.baseOffset();
        this.appendTime = batch.timestampType() == TimestampType.LOG_APPEND_TIME ? batch.maxTimestamp() : null;
        var payload = bytes.duplicate();
        payload.position(payload.position() + DefaultRecordBatch.RECORD_BATCH_OVERHEAD);
        InputStream opened = null;
        String trouble = null;
        if (batch.isCompressed()) {
            if (batch.compressionType() == CompressionType.SNAPPY && SnappyPieces.largest(payload) > ReadLimits.PIECE) {
                trouble = IN_ONE_PIECE;
            } else {
                try {
                    opened = batch.recordInputStream(buffers);
                } catch (RuntimeException e) {
                    trouble = DAMAGED;
                }
            }
        }
        this.plain = batch.isCompressed() ? null : payload;
        this.packed = opened;
        this.unreadable = trouble;
    }

    @Override
    public boolean hasNext() {
        return read < count;
    }

    @Override
    public Record next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (unreadable != null) {
            return rest(unreadable, null, null, List.of());
        }
        try {
            var record = plain == null ? unpacked() : inMemory();
            if (record.offset() < next || record.offset() > batch.lastOffset()) {
                return rest(DAMAGED, null, null, List.of());
            }
            next = record.offset() + 1;
            read++;
            return record;
        } catch (RuntimeException | IOException e) {
            effort = ReadLimits.RECORD;
            return rest(DAMAGED, null, null, List.of());
        }
    }

    private Record unpacked() throws IOException {
        int size = ByteUtils.readVarint(packed);
        if (size < 0) {
            return rest(DAMAGED, null, null, List.of());
        }
        long left = ReadLimits.BATCH - spent;
        if (left <= 0) {
            return rest(TOO_MUCH, null, null, List.of());
        }
        spent += size + (long) ReadLimits.PER_RECORD;
        if (size > ReadLimits.WHOLE || spent > ReadLimits.BATCH) {
            return cut(packed, size, left, Topics.MAX_RECORD_BYTES);
        }
        int prefix = ByteUtils.sizeOfVarint(size);
        var record = ByteBuffer.allocate(prefix + size);
        ByteUtils.writeVarint(size, record);
        if (Utils.readFully(packed, record) < size) {
            return rest(DAMAGED, null, null, List.of());
        }
        record.flip();
        if (size <= SMALL) {
            budget.unpacked(size);
            return kafkas(record);
        }
        return whole(record, prefix, size);
    }

    /** Of a batch without a codec, which is in memory as it is. */
    private Record inMemory() throws IOException {
        int start = plain.position();
        int size = ByteUtils.readVarint(plain);
        if (size <= SMALL) {
            budget.unpacked(size);
            return kafkas(plain.position(start));
        }
        int prefix = plain.position() - start;
        var record = plain.slice(start, prefix + size);
        plain.position(plain.position() + size);
        return size > ReadLimits.WHOLE
                ? cut(new ByteBufferInputStream(record.position(prefix)), size, size, Topics.MAX_RECORD_BYTES)
                : whole(record, prefix, size);
    }

    /** @param record with its length in front */
    private Record whole(ByteBuffer record, int prefix, int size) throws IOException {
        var shape = Shape.of(record, prefix);
        boolean bare = !shape.keyed() && !shape.valued();
        if (shape.headers() > ReadLimits.HEADERS || bare && size > ReadLimits.HEAD) {
            return cut(new ByteBufferInputStream(record.position(prefix)), size, size, headerBytes(bare));
        }
        budget.unpacked(size + (long) shape.headers() * ReadLimits.PER_HEADER);
        return kafkas(record);
    }

    /** As Kafka reads it. */
    private Record kafkas(ByteBuffer record) {
        return DefaultRecord.readFrom(
                record, batch.baseOffset(), batch.baseTimestamp(), batch.baseSequence(), appendTime);
    }

    /** Kafka asks nobody about the size of a record without key and value. */
    private static int headerBytes(boolean bare) {
        return bare ? ReadLimits.HEAD : Topics.MAX_RECORD_BYTES;
    }

    private Record cut(InputStream in, int size, long allowance, int headerBytes) throws IOException {
        var cut = new RecordCutter(in, Math.min(allowance, ReadLimits.RECORD)).cut(size, headerBytes);
        effort = cut.taken();
        if (!cut.complete()) {
            return rest(TOO_MUCH, cut.key(), cut.value(), cut.headers());
        }
        long timestamp = appendTime == null ? batch.baseTimestamp() + cut.timestampDelta() : appendTime;
        return record(batch.baseOffset() + cut.offsetDelta(), timestamp, cut.key(), cut.value(), cut.headers());
    }

    /** Stands for the record that is to be read now and all that follow it. */
    private Record rest(String why, ByteBuffer key, ByteBuffer value, List<Header> headers) {
        int missing = count - read - 1;
        var all = new ArrayList<>(headers);
        all.add(new ReaderNote(RecordHeaders.DLQ_REASON, why));
        if (missing > 0) {
            all.add(new ReaderNote(RecordHeaders.DLQ_RECORDS_MISSING, Integer.toString(missing)));
        }
        read = count;
        // With a value, so that nobody takes it for a tombstone.
        return record(
                Math.min(next, batch.lastOffset()),
                batch.maxTimestamp(),
                key,
                value == null ? ByteBuffer.allocate(0) : value,
                all);
    }

    private Record record(long offset, long timestamp, ByteBuffer key, ByteBuffer value, List<Header> headers) {
        long size = (key == null ? 0 : key.remaining()) + (value == null ? 0 : value.remaining());
        for (var header : headers) {
            size += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        // What was only passed takes time, and a poll must not take long either.
        budget.unpacked(Math.max(effort, size + (long) headers.size() * ReadLimits.PER_HEADER));
        effort = 0;
        return new CutRecord(
                offset, timestamp, batch.baseSequence(), key, value, headers.toArray(Header[]::new), (int) size);
    }

    @Override
    public void close() {
        Utils.closeQuietly(packed, "a batch's codec");
    }

    /** What a record has, without reading it. */
    private record Shape(boolean keyed, boolean valued, int headers) {
        /** @param prefix bytes before the body */
        static Shape of(ByteBuffer record, int prefix) {
            var in = record.duplicate();
            in.position(in.position() + prefix + 1);
            ByteUtils.readVarlong(in);
            ByteUtils.readVarint(in);
            int key = ByteUtils.readVarint(in);
            in.position(in.position() + Math.max(0, key));
            int value = ByteUtils.readVarint(in);
            in.position(in.position() + Math.max(0, value));
            return new Shape(key >= 0, value >= 0, ByteUtils.readVarint(in));
        }
    }
}

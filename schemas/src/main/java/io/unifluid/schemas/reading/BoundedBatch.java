package io.unifluid.schemas.reading;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.OptionalLong;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;

/** A batch as it came, but for how it is unpacked. */
final class BoundedBatch implements RecordBatch {
    private final DefaultRecordBatch batch;
    private final ByteBuffer bytes;
    private final PollBudget budget;

    /** @param bytes all of the batch */
    BoundedBatch(DefaultRecordBatch batch, ByteBuffer bytes, PollBudget budget) {
        this.batch = batch;
        this.bytes = bytes;
        this.budget = budget;
    }

    @Override
    public CloseableIterator<Record> streamingIterator(BufferSupplier buffers) {
        return new Unpacking(batch, bytes, buffers, budget);
    }

    @Override
    public Iterator<Record> iterator() {
        try (var records = streamingIterator(BufferSupplier.NO_CACHING)) {
            var all = new ArrayList<Record>();
            records.forEachRemaining(all::add);
            return all.iterator();
        }
    }

    @Override
    public boolean isValid() {
        return batch.isValid();
    }

    @Override
    public void ensureValid() {
        batch.ensureValid();
    }

    @Override
    public long checksum() {
        return batch.checksum();
    }

    @Override
    public long maxTimestamp() {
        return batch.maxTimestamp();
    }

    @Override
    public TimestampType timestampType() {
        return batch.timestampType();
    }

    @Override
    public long baseOffset() {
        return batch.baseOffset();
    }

    @Override
    public long lastOffset() {
        return batch.lastOffset();
    }

    @Override
    public long nextOffset() {
        return batch.nextOffset();
    }

    @Override
    public byte magic() {
        return batch.magic();
    }

    @Override
    public long producerId() {
        return batch.producerId();
    }

    @Override
    public short producerEpoch() {
        return batch.producerEpoch();
    }

    @Override
    public boolean hasProducerId() {
        return batch.hasProducerId();
    }

    @Override
    public int baseSequence() {
        return batch.baseSequence();
    }

    @Override
    public int lastSequence() {
        return batch.lastSequence();
    }

    @Override
    public CompressionType compressionType() {
        return batch.compressionType();
    }

    @Override
    public int sizeInBytes() {
        return batch.sizeInBytes();
    }

    @Override
    public Integer countOrNull() {
        return batch.countOrNull();
    }

    @Override
    public boolean isCompressed() {
        return batch.isCompressed();
    }

    @Override
    public void writeTo(ByteBuffer buffer) {
        batch.writeTo(buffer);
    }

    @Override
    public boolean isTransactional() {
        return batch.isTransactional();
    }

    @Override
    public OptionalLong deleteHorizonMs() {
        return batch.deleteHorizonMs();
    }

    @Override
    public int partitionLeaderEpoch() {
        return batch.partitionLeaderEpoch();
    }

    @Override
    public boolean isControlBatch() {
        return batch.isControlBatch();
    }
}

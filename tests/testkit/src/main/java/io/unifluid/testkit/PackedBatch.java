package io.unifluid.testkit;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * A batch of records as no producer would make it: gigabytes of zeros that never were in memory, or records that say
 * something else than they are. Belongs to one thread.
 */
public final class PackedBatch {
    private static final byte[] ZEROS = new byte[64 * 1024];

    private final CompressionType codec;
    private final ByteBufferOutputStream bytes = new ByteBufferOutputStream(64 * 1024);
    private final DataOutputStream out;
    private final long now = System.currentTimeMillis();
    private int count;

    public PackedBatch(CompressionType codec) {
        this.codec = codec;
        bytes.position(DefaultRecordBatch.RECORD_BATCH_OVERHEAD);
        this.out = new DataOutputStream(Compression.of(codec).build().wrapForOutput(bytes, RecordBatch.MAGIC_VALUE_V2));
    }

    /** A record whose value is so many zeros. */
    public PackedBatch zeros(String key, int length) {
        return add(key, length, 0, 0);
    }

    /** Likewise so many. */
    public PackedBatch zeros(String key, int length, int records) {
        for (int i = 0; i < records; i++) {
            zeros(key + "-" + i, length);
        }
        return this;
    }

    /** A record of these bytes. */
    public PackedBatch value(String key, byte[] value) {
        return write(key, value.length, value, 0, 0);
    }

    /** A record with so many headers of nothing. */
    public PackedBatch headers(String key, int headers) {
        return add(key, 4, headers, 0);
    }

    /** A record that says that it is longer than it is: brokers do not look, consumers allocate it. */
    public PackedBatch claiming(String key, int more) {
        return add(key, 4, 0, more);
    }

    private PackedBatch add(String key, int zeros, int headers, int more) {
        return write(key, zeros, null, headers, more);
    }

    private PackedBatch write(String key, int length, byte[] value, int headers, int more) {
        byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
        long body = 1
                + 1
                + ByteUtils.sizeOfVarint(count)
                + ByteUtils.sizeOfVarint(utf8.length)
                + utf8.length
                + ByteUtils.sizeOfVarint(length)
                + (long) length
                + ByteUtils.sizeOfVarint(headers)
                + 2L * headers;
        try {
            ByteUtils.writeVarint(Math.toIntExact(body + more), out);
            out.write(0);
            ByteUtils.writeVarlong(0, out);
            ByteUtils.writeVarint(count++, out);
            ByteUtils.writeVarint(utf8.length, out);
            out.write(utf8);
            ByteUtils.writeVarint(length, out);
            if (value == null) {
                zeros(out, length);
            } else {
                out.write(value);
            }
            ByteUtils.writeVarint(headers, out);
            // Each without a name and with a null for a value.
            byte[] nothing = {0, 1};
            for (int i = 0; i < headers; i++) {
                out.write(nothing);
            }
        } catch (IOException e) {
            throw new IllegalStateException("Memory does not fail.", e);
        }
        return this;
    }

    private static void zeros(OutputStream to, int length) throws IOException {
        for (int left = length; left > 0; left -= ZEROS.length) {
            to.write(ZEROS, 0, Math.min(left, ZEROS.length));
        }
    }

    /** The batch; nothing can be added any more. */
    public MemoryRecords build() {
        try {
            out.close();
        } catch (IOException e) {
            throw new IllegalStateException("Memory does not fail.", e);
        }
        ByteBuffer batch = bytes.buffer();
        batch.flip();
        DefaultRecordBatch.writeHeader(
                batch,
                0,
                count - 1,
                batch.limit(),
                RecordBatch.MAGIC_VALUE_V2,
                codec,
                TimestampType.CREATE_TIME,
                now,
                now,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_EPOCH,
                RecordBatch.NO_SEQUENCE,
                false,
                false,
                false,
                RecordBatch.NO_PARTITION_LEADER_EPOCH,
                count);
        batch.position(0);
        return MemoryRecords.readableRecords(batch);
    }
}

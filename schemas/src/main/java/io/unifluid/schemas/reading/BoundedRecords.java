package io.unifluid.schemas.reading;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import org.apache.kafka.common.network.TransferableChannel;
import org.apache.kafka.common.record.internal.AbstractRecords;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.utils.AbstractIterator;

/** What one fetch brought of one partition, each batch bounded as it is unpacked. */
final class BoundedRecords extends AbstractRecords {
    private final MemoryRecords records;
    private final PollBudget budget;
    private volatile boolean consumed;

    BoundedRecords(MemoryRecords records, PollBudget budget) {
        this.records = records;
        this.budget = budget;
    }

    /** Whether all batches were handed out. */
    boolean consumed() {
        return consumed;
    }

    @Override
    public Iterable<? extends RecordBatch> batches() {
        return this::bounded;
    }

    @Override
    public AbstractIterator<? extends RecordBatch> batchIterator() {
        return bounded();
    }

    private AbstractIterator<RecordBatch> bounded() {
        var all = records.buffer();
        Iterator<? extends RecordBatch> batches = records.batches().iterator();
        return new AbstractIterator<>() {
            private int at = all.position();

            @Override
            protected RecordBatch makeNext() {
                if (!batches.hasNext()) {
                    consumed = true;
                    return allDone();
                }
                var batch = batches.next();
                ByteBuffer bytes = all.slice(at, batch.sizeInBytes());
                at += batch.sizeInBytes();
                // The markers of transactions, which brokers alone write, are read by Kafka itself; and brokers take no
                // batches of the formats before this one any more.
                return batch instanceof DefaultRecordBatch current && !current.isControlBatch()
                        ? new BoundedBatch(current, bytes, budget)
                        : batch;
            }
        };
    }

    @Override
    public int sizeInBytes() {
        return records.sizeInBytes();
    }

    @Override
    public Records slice(int position, int size) {
        return records.slice(position, size);
    }

    @Override
    public int writeTo(TransferableChannel channel, int position, int length) throws IOException {
        return records.writeTo(channel, position, length);
    }
}

package io.unifluid.streams.event;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Records count from when they come up for reading. A record's own timestamp is its sender's word: one without any, or one
 * before 1970, would end the stream thread, and since a task reads its topics in the order of timestamps, old ones would
 * be served before everybody else and late ones would hold up what lies behind them.
 */
public final class ReadingTime implements TimestampExtractor {
    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        if (record.value() instanceof DecodedRecord<?> received) {
            received.timestamp(record.timestamp());
        }
        return System.currentTimeMillis();
    }
}

package io.unifluid.streams.deadletter;

import io.unifluid.streams.event.RecordLimits;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What could not be written is never passed over: it is tried again, with its whole transaction. Where a topic takes less
 * than it was thought to take, that is remembered, so that the repetition writes something smaller.
 */
public final class ProductionFailures implements ProductionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProductionFailures.class);

    private Faults faults;

    @Override
    public void configure(Map<String, ?> configs) {
        faults = (Faults) configs.get(Faults.CONFIG);
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        if (exception instanceof RecordTooLargeException) {
            long bytes = RecordLimits.bytes(record.key(), record.value(), record.headers());
            faults.limits().refused(record.topic(), bytes);
            LOG.warn("{} refused a record of {} bytes: raise its max.message.bytes.", record.topic(), bytes);
        }
        return exception instanceof RetriableException ? Response.retry() : Response.fail();
    }

    @Override
    @SuppressWarnings("rawtypes") // As Kafka declares it.
    public Response handleSerializationError(
            ErrorHandlerContext context,
            ProducerRecord record,
            Exception exception,
            SerializationExceptionOrigin origin) {
        return Response.fail();
    }
}

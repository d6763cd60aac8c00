package io.unifluid.streams;

import io.unifluid.schemas.DeadLetterHeaders;
import io.unifluid.schemas.RegistryErrors;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What cannot be decoded goes to the dead letters, in the same transaction, with its original bytes, key and headers and
 * the reason in added headers. A registry that cannot be reached says nothing about a record: then the thread fails and
 * starts again, and no good record is lost.
 */
public final class DeadLetterHandler implements DeserializationExceptionHandler {
    /** Name of the setting that hands the metrics in: Kafka creates the handler by its class name. */
    static final String METRICS = "unifluid.internal.metrics";

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterHandler.class);

    private StreamsMetrics metrics;

    @Override
    public void configure(Map<String, ?> configs) {
        metrics = (StreamsMetrics) configs.get(METRICS);
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
        var away = RegistryErrors.away(exception);
        if (away.isPresent()) {
            LOG.warn("{}", away.get());
            return Response.fail();
        }
        var reason = reason(exception);
        LOG.warn("Dead letter from {}-{} at {}: {}", record.topic(), record.partition(), record.offset(), reason);
        if (Topics.isIntake(record.topic())) {
            metrics.received();
        }
        metrics.deadLetter(record.topic());
        return Response.resume(List.of(DeadLetterHeaders.letter(record, reason, Instant.now())));
    }

    private static String reason(Exception failure) {
        return failure instanceof UndecodableRecordException
                ? failure.getMessage()
                : "The record cannot be decoded: send it as the topic's schema says.";
    }
}

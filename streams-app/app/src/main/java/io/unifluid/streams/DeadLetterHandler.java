package io.unifluid.streams;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.unifluid.schemas.Topics;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
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
    private static final int NOT_FOUND = 404;

    private StreamsMetrics metrics;

    @Override
    public void configure(Map<String, ?> configs) {
        metrics = (StreamsMetrics) configs.get(METRICS);
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
        if (registryIsOut(exception)) {
            LOG.warn(
                    "The schema registry cannot be reached: {}",
                    innermost(exception).getMessage());
            return Response.fail();
        }
        var headers = new RecordHeaders(record.headers());
        var reason = reason(exception);
        DeadLetters.describe(headers, reason, record.topic(), record.partition(), record.offset(), Instant.now());
        LOG.warn("Dead letter from {}-{} at {}: {}", record.topic(), record.partition(), record.offset(), reason);
        if (Topics.isIntake(record.topic())) {
            metrics.received();
        }
        metrics.deadLetter(record.topic());
        return Response.resume(List.of(new ProducerRecord<>(
                Topics.DEAD_LETTERS, null, timestamp(record), record.key(), record.value(), headers)));
    }

    private static Long timestamp(ConsumerRecord<?, ?> record) {
        return record.timestamp() < 0 ? null : Long.valueOf(record.timestamp());
    }

    /** Whether the failure is the registry's and not the record's; an id that the registry does not know is the record's. */
    static boolean registryIsOut(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RestClientException answer) {
                return answer.getStatus() != NOT_FOUND;
            }
            if (cause instanceof IOException && speaksToRegistry(cause)) {
                return true;
            }
        }
        return false;
    }

    /** Avro's own decoder throws IOExceptions as well, for bytes that are wrong; only the place tells them apart. */
    private static boolean speaksToRegistry(Throwable cause) {
        return Arrays.stream(cause.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith("io.confluent.kafka.schemaregistry.client."));
    }

    private static String reason(Throwable failure) {
        var innermost = innermost(failure);
        var message = innermost.getMessage() == null ? innermost.getClass().getSimpleName() : innermost.getMessage();
        return innermost instanceof RestClientException
                ? "The record names a schema that the registry does not have: " + message
                : "The record cannot be decoded as Avro with a registered schema: " + message;
    }

    private static Throwable innermost(Throwable failure) {
        var innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return innermost;
    }
}

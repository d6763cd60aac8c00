package io.unifluid.streams.deadletter;

import io.unifluid.schemas.DeadLetterHeaders.Origin;
import io.unifluid.schemas.RegistryErrors;
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
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterHandler.class);

    private Faults faults;

    @Override
    public void configure(Map<String, ?> configs) {
        faults = (Faults) configs.get(Faults.CONFIG);
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
        var away = RegistryErrors.away(exception);
        if (away.isPresent()) {
            LOG.warn("{}", away.get());
            faults.registry().away(away.get());
            return Response.fail();
        }
        return Response.resume(List.of(
                faults.undecoded(Origin.of(record), record.key(), record.value(), record.headers(), exception)));
    }
}

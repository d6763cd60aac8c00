package io.unifluid.streams.deadletter;

import java.util.Map;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What comes out of a processor is either no record's fault, or a defect in the middle of a step, which must not be
 * committed half done: either way the thread fails, and the transaction is repeated. A record that this happens to twice
 * is set aside by the processor that meets it next.
 */
public final class ProcessingFailures implements ProcessingExceptionHandler {
    private Faults faults;

    @Override
    public void configure(Map<String, ?> configs) {
        faults = (Faults) configs.get(Faults.CONFIG);
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        if (record != null && context.topic() != null && Faults.ofTheRecord(exception)) {
            faults.setAside()
                    .failed(
                            new SetAside.Place(context.topic(), context.partition(), context.offset()),
                            Faults.reason(exception));
        }
        return Response.fail();
    }
}

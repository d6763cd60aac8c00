package io.unifluid.streams.workers;

import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.streams.event.Names;
import io.unifluid.streams.metrics.StreamsMetrics;
import java.time.Instant;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@link RunningWorkers} up to date, in every instance of the app, from the first record of the topic on. What
 * cannot be read is counted and left out: a worker that runs says it again within seconds.
 */
public final class WorkersProcessor implements Processor<String, byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(WorkersProcessor.class);

    private final RunningWorkers workers;
    private final Deserializer<WorkerAnnouncement> decoder;
    private final StreamsMetrics metrics;

    private ProcessorContext<Void, Void> context;
    private KeyValueStore<String, byte[]> store;

    public WorkersProcessor(RunningWorkers workers, Deserializer<WorkerAnnouncement> decoder, StreamsMetrics metrics) {
        this.workers = workers;
        this.decoder = decoder;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        this.context = context;
        store = context.getStateStore(Names.WORKERS_STORE);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        if (record.key() == null) {
            metrics.unreadableAnnouncement();
            return;
        }
        var now = Instant.ofEpochMilli(context.currentSystemTimeMs());
        if (record.value() == null) {
            store.delete(record.key());
            workers.gone(record.key(), now);
            return;
        }
        try {
            var said = decoder.deserialize(Topics.WORKERS.name(), record.value());
            if (said.getWorker().equals(record.key())) {
                store.put(record.key(), record.value());
                workers.heard(said, now);
                return;
            }
            LOG.warn("An announcement of worker '{}' has another name as its key; it is left out.", said.getWorker());
        } catch (RuntimeException e) {
            LOG.warn("An announcement on {} cannot be read; it is left out.", Topics.WORKERS.name(), e);
        }
        metrics.unreadableAnnouncement();
    }
}

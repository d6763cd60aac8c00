package io.unifluid.streams;

import io.unifluid.scheduling.Lane;
import io.unifluid.schemas.Admitted;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkItem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Groups admitted requests into batches, one record each on the lane's work topic: at once when a batch is full, by the
 * clock when one has waited long enough. What waits is in the store until the transaction that sends its batch, so a
 * half-filled batch survives a restart.
 */
final class BatchingProcessor implements Processor<String, Received<Admitted>, String, Object> {
    private static final Duration MEASURE_EVERY = Duration.ofSeconds(1);

    private final StreamsSettings settings;
    private final StreamsMetrics metrics;
    private final Deserializer<Admitted> decoder;
    private final Map<Lane, LaneQueue> lanes = new EnumMap<>(Lane.class);

    private ProcessorContext<String, Object> context;
    private KeyValueStore<String, byte[]> store;

    BatchingProcessor(StreamsSettings settings, StreamsMetrics metrics, Deserializer<Admitted> decoder) {
        this.settings = settings;
        this.metrics = metrics;
        this.decoder = decoder;
    }

    @Override
    public void init(ProcessorContext<String, Object> context) {
        this.context = context;
        store = context.getStateStore(UniFluidTopology.WAITING_STORE);
        for (var lane : Lane.values()) {
            lanes.put(lane, new LaneQueue(lane, settings));
        }
        try (var all = store.all()) {
            all.forEachRemaining(entry -> add(decode(entry.value)));
        }
        context.schedule(
                settings.batchingInterval(),
                PunctuationType.WALL_CLOCK_TIME,
                at -> lanes.keySet().forEach(this::dispatch));
        context.schedule(MEASURE_EVERY, PunctuationType.WALL_CLOCK_TIME, at -> measure());
    }

    @Override
    public void close() {
        metrics.forgetLoad(context.taskId());
    }

    @Override
    public void process(Record<String, Received<Admitted>> record) {
        var admitted = record.value().value();
        if (admitted != null) {
            admit(admitted, record.value().bytes());
        } else {
            Release.from(record.headers())
                    .ifPresentOrElse(release -> release(record.key(), release), metrics::strayRelease);
        }
    }

    private void admit(Admitted admitted, byte[] bytes) {
        var item = add(admitted);
        if (item != null) {
            store.put(item.requestId(), bytes);
            var lane = item.candidate().profile().lane();
            if (lanes.get(lane).ready(item, now())) {
                dispatch(lane);
            }
        }
    }

    /** @return null when it waits already */
    private Waiting add(Admitted admitted) {
        var lane = lanes.get(Lane.ofTopicSuffix(admitted.getLane()));
        var item = Waiting.of(admitted, lane.keepsRecent());
        return lane.add(item) ? item : null;
    }

    private void release(String shard, Release release) {
        var lane = Shards.lane(shard);
        if (lanes.get(lane).release(release)) {
            store.delete(release.requestId());
        }
    }

    /** Sends every batch of a lane that may leave now. */
    private void dispatch(Lane lane) {
        var now = now();
        var queue = lanes.get(lane);
        for (var late : queue.dropExpired(now)) {
            store.delete(late.requestId());
        }
        for (var batch = queue.next(now); batch.isPresent(); batch = queue.next(now)) {
            send(lane, batch.get(), now);
        }
    }

    private void send(Lane lane, LaneQueue.Batch batch, Instant now) {
        var items = new ArrayList<WorkItem>(batch.items().size());
        for (var item : batch.items()) {
            var admitted = item.recent() != null ? item.recent() : decode(store.get(item.requestId()));
            items.add(new WorkItem(
                    admitted.getRequest(),
                    admitted.getAttempt(),
                    admitted.getAdmittedAt(),
                    admitted.getScheduledAt(),
                    now));
            store.delete(item.requestId());
        }
        var id = UUID.randomUUID().toString();
        var record = new MicroBatch(
                id, lane.topicSuffix(), batch.bucket(), batch.reason().name(), now, items);
        context.forward(new Record<String, Object>(id, record, now.toEpochMilli()), UniFluidTopology.workSink(lane));
        metrics.batch(lane, batch.reason(), items.size());
    }

    private void measure() {
        lanes.forEach((lane, queue) ->
                metrics.load(context.taskId(), lane, queue.waitingItems(), queue.backlogSeconds(now())));
    }

    private Admitted decode(byte[] bytes) {
        return decoder.deserialize(Topics.SCHEDULE.name(), bytes);
    }

    private Instant now() {
        return Instant.ofEpochMilli(context.currentSystemTimeMs());
    }
}

package io.unifluid.streams;

import io.unifluid.scheduling.Lane;
import io.unifluid.scheduling.Twins;
import io.unifluid.scheduling.Twins.Twin;
import io.unifluid.schemas.Admitted;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkItem;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * half-filled batch survives a restart. A request whose content is computed already, or was, joins no batch: it gets the
 * other one's outcome.
 */
final class BatchingProcessor implements Processor<String, Received<Admitted>, String, Object> {
    private static final Duration MEASURE_EVERY = Duration.ofSeconds(1);

    private final StreamsSettings settings;
    private final StreamsMetrics metrics;
    private final RunningWorkers workers;
    private final Deserializer<Admitted> decoder;
    private final Deserializer<Outcome> outcomeDecoder;
    private final Map<Lane, LaneQueue> lanes = new EnumMap<>(Lane.class);

    private ProcessorContext<String, Object> context;
    private KeyValueStore<String, byte[]> store;
    private Reuse reuse;

    BatchingProcessor(
            StreamsSettings settings,
            StreamsMetrics metrics,
            RunningWorkers workers,
            Deserializer<Admitted> decoder,
            Deserializer<Outcome> outcomeDecoder) {
        this.settings = settings;
        this.metrics = metrics;
        this.workers = workers;
        this.decoder = decoder;
        this.outcomeDecoder = outcomeDecoder;
    }

    @Override
    public void init(ProcessorContext<String, Object> context) {
        this.context = context;
        store = context.getStateStore(UniFluidTopology.WAITING_STORE);
        for (var lane : Lane.values()) {
            lanes.put(lane, new LaneQueue(lane, settings));
        }
        var answers = new ReuseStore(context.getStateStore(UniFluidTopology.REUSE_STORE), settings.reuse(), metrics);
        reuse = new Reuse(settings, metrics, workers, answers, outcomeDecoder);
        if (settings.reuse().enabled()) {
            reuse.restore(now());
        }
        try (var all = store.all()) {
            all.forEachRemaining(entry -> restore(decode(entry.value)));
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

    private void restore(Admitted admitted) {
        var key = shareKey(admitted);
        var part = key.map(shared -> reuse.rejoin(lane(admitted), shared, twin(admitted), now()));
        if (part.isEmpty() || part.get() == Twins.Part.COMPUTES) {
            add(admitted);
        }
    }

    private void admit(Admitted admitted, byte[] bytes) {
        var key = shareKey(admitted);
        if (key.isEmpty()) {
            enqueue(admitted, bytes);
            return;
        }
        switch (reuse.join(lane(admitted), key.get(), twin(admitted), now())) {
            case Reuse.Part.Computes _ -> enqueue(admitted, bytes);
            case Reuse.Part.Waits _ -> store.put(admitted.getRequest().getRequestId(), bytes);
            case Reuse.Part.Answered(List<Outcome> answers) ->
                answers.forEach(
                        answer -> report(answer, isFor(admitted, answer) ? admitted.getToken() : tokenOf(answer)));
            case Reuse.Part.Held _ -> {}
        }
    }

    private void enqueue(Admitted admitted, byte[] bytes) {
        var item = add(admitted);
        if (item != null) {
            store.put(item.requestId(), bytes);
            dispatchIfReady(item);
        }
    }

    private void dispatchIfReady(Waiting item) {
        var lane = item.candidate().profile().lane();
        if (lanes.get(lane).ready(item, now())) {
            dispatch(lane);
        }
    }

    /** @return null when it waits already */
    private Waiting add(Admitted admitted) {
        var lane = lanes.get(lane(admitted));
        var item = Waiting.of(admitted, lane.keepsRecent());
        return lane.add(item) ? item : null;
    }

    private void release(String shard, Release release) {
        var lane = Shards.lane(shard);
        if (lanes.get(lane).release(release)) {
            store.delete(release.requestId());
        }
        if (settings.reuse().enabled()) {
            release.shared().ifPresent(shared -> {
                var follows = reuse.ended(lane, release, shared, now());
                if (follows.left()) {
                    store.delete(release.requestId());
                }
                follows.answers().forEach(answer -> report(answer, tokenOf(answer)));
                follows.promoted().ifPresent(this::promote);
            });
        }
    }

    /** It waited for another one's answer and computes itself now. */
    private void promote(Twin twin) {
        var bytes = stored(twin.requestId());
        metrics.reused(StreamsMetrics.Reused.COMPUTED);
        var item = add(decode(bytes));
        if (item != null) {
            dispatchIfReady(item);
        }
    }

    private byte[] stored(String requestId) {
        var bytes = store.get(requestId);
        if (bytes == null) {
            throw new IllegalStateException("Request '" + requestId + "' waits for an answer and is not stored.");
        }
        return bytes;
    }

    private static boolean isFor(Admitted admitted, Outcome answer) {
        return admitted.getRequest().getRequestId().equals(answer.getRequestId());
    }

    /** Of the attempt that waited for the answer. */
    private ByteBuffer tokenOf(Outcome answer) {
        return decode(stored(answer.getRequestId())).getToken();
    }

    /** Another one's outcome, as if a worker had sent it, which had the token of this attempt. */
    private void report(Outcome answer, ByteBuffer token) {
        answer.setToken(token);
        store.delete(answer.getRequestId());
        var record = new Record<String, Object>(answer.getRequestId(), answer, now().toEpochMilli());
        record.headers().add(RecordHeaders.REUSED, new byte[0]);
        context.forward(record, UniFluidTopology.OUTCOMES_SINK);
    }

    private Optional<String> shareKey(Admitted admitted) {
        return settings.reuse().enabled() ? Optional.ofNullable(admitted.getReuseKey()) : Optional.empty();
    }

    private static Twin twin(Admitted admitted) {
        return new Twin(admitted.getRequest().getRequestId(), admitted.getAttempt());
    }

    private static Lane lane(Admitted admitted) {
        return Lane.ofTopicSuffix(admitted.getLane());
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
                    now,
                    admitted.getToken()));
            store.delete(item.requestId());
        }
        var id = UUID.randomUUID().toString();
        var record = new MicroBatch(
                id, lane.topicSuffix(), batch.bucket(), batch.reason().name(), now, items);
        context.forward(new Record<String, Object>(id, record, now.toEpochMilli()), UniFluidTopology.workSink(lane));
        metrics.batch(lane, batch.reason(), items.size());
    }

    private void measure() {
        lanes.forEach((lane, queue) -> {
            reuse.sweep(lane, queue::holds, now()).forEach(this::promote);
            metrics.load(
                    context.taskId(), lane, queue.waitingItems(), reuse.waiting(lane), queue.backlogSeconds(now()));
        });
        metrics.reuseBytes(context.taskId(), reuse.bytes());
    }

    private Admitted decode(byte[] bytes) {
        return decoder.deserialize(Topics.SCHEDULE.name(), bytes);
    }

    private Instant now() {
        return Instant.ofEpochMilli(context.currentSystemTimeMs());
    }
}

package io.unifluid.streams.batching;

import io.unifluid.scheduling.reuse.InFlightDeduplicator;
import io.unifluid.scheduling.reuse.InFlightDeduplicator.CoalescedRequest;
import io.unifluid.scheduling.task.Buckets;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.Admitted;
import io.unifluid.schemas.DeadLetterHeaders.Origin;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkItem;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.AttemptEnded;
import io.unifluid.streams.event.DecodedRecord;
import io.unifluid.streams.event.Encoding;
import io.unifluid.streams.event.FirstAttemptEndedForm;
import io.unifluid.streams.event.Names;
import io.unifluid.streams.event.Outbox;
import io.unifluid.streams.event.OutcomeReading;
import io.unifluid.streams.event.PromptCommit;
import io.unifluid.streams.event.RequestReading;
import io.unifluid.streams.event.StoreWalk;
import io.unifluid.streams.event.Times;
import io.unifluid.streams.event.TooLargeException;
import io.unifluid.streams.intake.IntakeAwayException;
import io.unifluid.streams.intake.IntakeRecords;
import io.unifluid.streams.intake.Place;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.workers.RunningWorkers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups admitted requests into batches, one record each on the lane's work topic: at once when a batch is full, by the
 * clock when one has waited long enough. What waits is in the store until the transaction that sends its batch, so a
 * half-filled batch survives a restart. A request whose content is computed already, or was, joins no batch: it gets the
 * other one's outcome.
 */
public final class BatchingProcessor implements Processor<String, DecodedRecord<SpecificRecord>, byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(BatchingProcessor.class);
    private static final int LONGEST_SHOWN = 60;
    private static final Duration MEASURE_EVERY = Duration.ofSeconds(1);
    private static final Duration READ_AGAIN_AFTER = Duration.ofSeconds(1);
    private static final String PICTURE_GONE =
            "The request was deleted from its topic before a batch took it: see that the topic keeps its records for a day at least.";

    private final StreamsSettings settings;
    private final StreamsMetrics metrics;
    private final Faults faults;
    private final Encoding encoding;
    private final RunningWorkers workers;
    private final Deserializer<SpecificRecord> decoder;
    private final Deserializer<Outcome> outcomeDecoder;
    private final IntakeRecords intake;
    private final PromptCommit commit;
    private final Map<Lane, LaneQueue> lanes = new EnumMap<>(Lane.class);

    /** What was stored and cannot be read any more, by request id. */
    private final Map<String, byte[]> unreadable = new LinkedHashMap<>();

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> store;
    private Reuse reuse;
    /** Of what waits, by lane, over what is stored. */
    private StoreWalk<byte[]> index;

    /** While pictures cannot be read again, batches that need them wait. */
    private Instant picturesFrom = Instant.MIN;

    public BatchingProcessor(
            StreamsSettings settings,
            StreamsMetrics metrics,
            Faults faults,
            Encoding encoding,
            RunningWorkers workers,
            Deserializer<SpecificRecord> decoder,
            Deserializer<Outcome> outcomeDecoder,
            IntakeRecords intake) {
        this.settings = settings;
        this.metrics = metrics;
        this.faults = faults;
        this.encoding = encoding;
        this.workers = workers;
        this.decoder = decoder;
        this.outcomeDecoder = outcomeDecoder;
        this.intake = intake;
        this.commit = new PromptCommit(settings.promptCommitInterval());
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        store = context.getStateStore(Names.WAITING_STORE);
        for (var lane : Lane.values()) {
            lanes.put(lane, new LaneQueue(lane, settings, this::mayRun));
        }
        var answers = new ReuseStore(context.getStateStore(Names.REUSE_STORE), settings.reuse(), metrics);
        reuse = new Reuse(settings, metrics, workers, answers, this::decodeOutcome);
        if (settings.reuse().enabled()) {
            reuse.restore(now());
        }
        index = new StoreWalk<>(store, entries -> {
            var entry = entries.next();
            stored(entry.key, entry.value).ifPresent(this::restore);
        });
        context.schedule(settings.batchingInterval(), PunctuationType.WALL_CLOCK_TIME, at -> {
            lanes.keySet().forEach(this::dispatch);
            commit.look(context);
        });
        context.schedule(MEASURE_EVERY, PunctuationType.WALL_CLOCK_TIME, at -> measure());
        index.begin(context, settings.batchingInterval(), () -> {});
    }

    @Override
    public void close() {
        metrics.forgetLoad(context.taskId());
    }

    @Override
    public void process(Record<String, DecodedRecord<SpecificRecord>> record) {
        faults.setAside(context)
                .map(reason -> refuse(record, reason))
                .orElseGet(() -> Faults.guarded(() -> decided(record), reason -> refuse(record, reason)))
                .run();
    }

    /** Reads all of a record before anything is touched; what it returns acts on it. */
    private Runnable decided(Record<String, DecodedRecord<SpecificRecord>> record) {
        return switch (record.value().value()) {
            case Admitted admitted -> {
                bounded(admitted);
                yield () -> admit(admitted, record.value().bytes());
            }
            case io.unifluid.schemas.AttemptEnded told -> allEnded(told);
            case null ->
                FirstAttemptEndedForm.read(record.key(), record.headers())
                        .map(this::ended)
                        .orElse(metrics::strayScheduleRecord);
            default ->
                throw new IllegalStateException(
                        "Not a record of this topic: " + record.value().value().getClass());
        };
    }

    private Runnable allEnded(io.unifluid.schemas.AttemptEnded told) {
        var all = Stream.concat(Stream.of(told), told.getOthers().stream())
                .map(one -> ended(AttemptEnded.of(one)))
                .toList();
        return () -> all.forEach(Runnable::run);
    }

    private Runnable ended(AttemptEnded ended) {
        var report = ended.shared().flatMap(AttemptEnded.Shared::report).map(this::decodeOutcome);
        return () -> attemptEnded(ended, report);
    }

    /** A record that cannot be worked with; the request that it hands out, if it can be read, ends with it. */
    private Runnable refuse(Record<String, DecodedRecord<SpecificRecord>> record, String reason) {
        return () -> {
            forward(faults.letter(context, record, reason, now()));
            if (record.value().value() instanceof Admitted admitted) {
                fail(admitted, reason);
            }
        };
    }

    private void restore(Admitted admitted) {
        var key = computationKey(admitted);
        var part = key.map(shared -> reuse.rejoin(lane(admitted), shared, coalesced(admitted), now()));
        if (part.isEmpty() || part.get() == InFlightDeduplicator.Role.LEADER) {
            add(admitted);
        }
    }

    private void admit(Admitted admitted, byte[] bytes) {
        index.reach(admitted.getRequest().getRequestId());
        var key = computationKey(admitted);
        if (key.isEmpty()) {
            enqueue(admitted, bytes);
            return;
        }
        switch (reuse.join(lane(admitted), key.get(), coalesced(admitted), now())) {
            case Reuse.Role.Leader _ -> enqueue(admitted, bytes);
            case Reuse.Role.Follower _ -> store.put(admitted.getRequest().getRequestId(), bytes);
            case Reuse.Role.Answered(List<Outcome> answers) ->
                answers.forEach(answer -> {
                    if (isFor(admitted, answer)) {
                        report(answer, admitted);
                    } else {
                        reportToWaiting(answer);
                    }
                });
            case Reuse.Role.KnownFollower _ -> {}
        }
    }

    private void enqueue(Admitted admitted, byte[] bytes) {
        var item = add(admitted);
        if (item != null) {
            store.put(item.requestId(), bytes);
            dispatchIfReady(item);
        }
    }

    private void dispatchIfReady(QueuedRequest item) {
        var lane = item.candidate().profile().lane();
        if (lanes.get(lane).ready(item, now())) {
            dispatch(lane);
        }
    }

    /** @return null when it waits already */
    private QueuedRequest add(Admitted admitted) {
        var lane = lanes.get(lane(admitted));
        var item = QueuedRequest.of(admitted, lane.keepsRecent());
        return lane.add(item) ? item : null;
    }

    private void attemptEnded(AttemptEnded ended, Optional<Outcome> report) {
        index.reach(ended.requestId());
        if (lanes.get(ended.lane()).attemptEnded(ended)) {
            store.delete(ended.requestId());
        }
        if (ended.lane().interactive()) {
            dispatch(ended.lane()); // What was gathered while that ran.
        }
        if (settings.reuse().enabled()) {
            ended.shared().ifPresent(shared -> {
                var follows = reuse.ended(ended, shared, report, now());
                if (follows.left()) {
                    store.delete(ended.requestId());
                }
                follows.answers().forEach(this::reportToWaiting);
                follows.promoted().ifPresent(this::promote);
            });
        }
    }

    /** It waited for another one's answer and computes itself now. */
    private void promote(CoalescedRequest request) {
        stored(request.requestId(), store.get(request.requestId())).ifPresent(admitted -> {
            metrics.served(StreamsMetrics.Served.COMPUTED);
            var item = add(admitted);
            if (item != null) {
                dispatchIfReady(item);
            }
        });
    }

    private static boolean isFor(Admitted admitted, Outcome answer) {
        return admitted.getRequest().getRequestId().equals(answer.getRequestId());
    }

    /** To one that waited for the answer, with the token of the attempt that did. */
    private void reportToWaiting(Outcome answer) {
        stored(answer.getRequestId(), store.get(answer.getRequestId())).ifPresent(waiting -> report(answer, waiting));
    }

    /** Another one's outcome, as if a worker had sent it, which had the token of this attempt. */
    private void report(Outcome answer, Admitted waiting) {
        if (lane(waiting).interactive()) {
            commit.ask(context);
        }
        var token = waiting.getToken();
        answer.setToken(token);
        store.delete(answer.getRequestId());
        try {
            outcome(answer);
        } catch (TooLargeException e) {
            outcome(failure(answer.getRequestId(), answer.getAttempt(), token, FailureKind.BAD_INPUT, e.getMessage()));
        }
    }

    /** It can go to no worker, now or later. */
    private void fail(Admitted admitted, String reason) {
        outcome(failure(admitted, FailureKind.BAD_INPUT, reason));
    }

    /** Another attempt finds the copy that admission may have by now, and is the end where it has none. */
    private void pictureGone(Admitted admitted) {
        outcome(failure(admitted, FailureKind.TRANSIENT, PICTURE_GONE), new RecordHeaders());
    }

    private Outcome failure(Admitted admitted, FailureKind kind, String reason) {
        return failure(admitted.getRequest().getRequestId(), admitted.getAttempt(), admitted.getToken(), kind, reason);
    }

    private Outcome failure(String requestId, int attempt, ByteBuffer token, FailureKind kind, String reason) {
        return Outcome.newBuilder()
                .setRequestId(requestId)
                .setAttempt(attempt)
                .setToken(token)
                .setKind(OutcomeKind.FAILED)
                .setFailure(kind)
                .setMessage(reason)
                .setAt(now())
                .build();
    }

    private void outcome(Outcome outcome) {
        var headers = new RecordHeaders();
        headers.add(io.unifluid.schemas.RecordHeaders.REUSED, new byte[0]);
        outcome(outcome, headers);
    }

    private void outcome(Outcome outcome, Headers headers) {
        var outbox = new Outbox(faults.limits());
        outbox.add(
                Names.OUTCOMES_SINK,
                Topics.OUTCOMES.name(),
                outcome.getRequestId(),
                encoding.of(Topics.OUTCOMES, outcome),
                now(),
                headers);
        outbox.forward(context);
    }

    private void forward(ProducerRecord<byte[], byte[]> letter) {
        context.forward(
                new Record<>(letter.key(), letter.value(), letter.timestamp(), letter.headers()),
                Names.SCHEDULE_DEAD_LETTER_SINK);
    }

    private Optional<String> computationKey(Admitted admitted) {
        return settings.reuse().enabled() ? Optional.ofNullable(admitted.getComputationKey()) : Optional.empty();
    }

    private static CoalescedRequest coalesced(Admitted admitted) {
        return new CoalescedRequest(admitted.getRequest().getRequestId(), admitted.getAttempt());
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
        if (!lane.interactive() && now.isBefore(picturesFrom)) {
            return;
        }
        for (var batch = queue.next(now); batch.isPresent(); batch = queue.next(now)) {
            try {
                send(lane, batch.get(), now);
            } catch (IntakeAwayException e) {
                LOG.warn("{} Batches of {} wait for it.", e.getMessage(), lane.topicSuffix());
                queue.putBack(batch.get());
                picturesFrom = now().plus(READ_AGAIN_AFTER);
                return;
            }
        }
    }

    /** @throws IntakeAwayException when its pictures cannot be read now; nothing is done then */
    private void send(Lane lane, LaneQueue.Batch batch, Instant now) {
        var all = batch.items().stream()
                .flatMap(item ->
                        Optional.ofNullable(item.recent())
                                .or(() -> stored(item.requestId(), store.get(item.requestId())))
                                .stream())
                .toList();
        var requests = intake.take(
                all.stream()
                        .filter(admitted -> admitted.getPictureAt() != null)
                        .map(admitted -> Place.of(admitted.getPictureAt()))
                        .toList(),
                now);
        batch.items().forEach(item -> store.delete(item.requestId()));
        var items = new ArrayList<WorkItem>(all.size());
        for (var admitted : all) {
            var whole = admitted.getPictureAt() == null
                    ? admitted.getRequest()
                    : requests.get(Place.of(admitted.getPictureAt()));
            if (whole == null) {
                pictureGone(admitted);
            } else {
                items.add(workItem(admitted, whole, now));
            }
        }
        send(lane, batch, items, now);
    }

    /** A batch that its topic does not take goes in halves, and a request that it does not take by itself fails. */
    private void send(Lane lane, LaneQueue.Batch batch, List<WorkItem> items, Instant now) {
        if (items.isEmpty()) {
            return;
        }
        var topic = Names.workTopic(lane);
        var id = UUID.randomUUID().toString();
        var record = new MicroBatch(
                id,
                lane.topicSuffix(),
                batch.bucket(),
                batch.reason().name(),
                now,
                items,
                true,
                workers.group(Buckets.needs(batch.bucket()), now));
        var outbox = new Outbox(faults.limits());
        try {
            outbox.add(Names.workSink(lane), topic.name(), id, encoding.of(topic, record), now);
        } catch (TooLargeException e) {
            if (items.size() == 1) {
                var only = items.getFirst();
                outcome(failure(
                        only.getRequest().getRequestId(),
                        only.getAttempt(),
                        only.getToken(),
                        FailureKind.BAD_INPUT,
                        e.getMessage()));
            } else {
                send(lane, batch, items.subList(0, items.size() / 2), now);
                send(lane, batch, items.subList(items.size() / 2, items.size()), now);
            }
            return;
        }
        outbox.forward(context);
        metrics.batch(lane, batch.reason(), items.size());
        if (batch.awaited()) {
            commit.ask(context);
        }
    }

    /** Whether a bucket need not wait for a worker that can run it. */
    private boolean mayRun(String bucket) {
        return switch (settings.absentModel()) {
            case REJECT -> true;
            case WAIT -> workers.models(now()).runs(Buckets.needs(bucket));
        };
    }

    /** @param request with its picture */
    private static WorkItem workItem(Admitted admitted, InferenceRequest request, Instant now) {
        return new WorkItem(
                request,
                admitted.getAttempt(),
                admitted.getAdmittedAt(),
                admitted.getScheduledAt(),
                now,
                admitted.getToken());
    }

    private void measure() {
        buryUnreadable();
        lanes.forEach((lane, queue) -> {
            reuse.sweep(lane, queue::holds, now()).forEach(this::promote);
            metrics.load(
                    context.taskId(), lane, queue.waitingItems(), reuse.waiting(lane), queue.backlogSeconds(now()));
        });
        metrics.reuseBytes(context.taskId(), reuse.bytes());
    }

    /**
     * What the store holds of a request; empty when that is missing or cannot be read, which the lifecycle takes for a lost
     * dispatch.
     */
    private Optional<Admitted> stored(String requestId, byte[] bytes) {
        if (bytes == null) {
            LOG.warn("Request '{}' waits and is not stored.", OneLine.of(requestId, LONGEST_SHOWN));
            return Optional.empty();
        }
        return Faults.guarded(() -> Optional.of(decode(bytes)), _ -> {
            unreadable.put(requestId, bytes);
            return Optional.empty();
        });
    }

    private void buryUnreadable() {
        unreadable.forEach((requestId, bytes) -> {
            forward(faults.letter(
                    new Origin(Topics.SCHEDULE.name(), context.taskId().partition(), -1, -1),
                    requestId.getBytes(StandardCharsets.UTF_8),
                    bytes,
                    new RecordHeaders(),
                    "What was stored of it cannot be read: run the version that stored it.",
                    now()));
            store.delete(requestId);
        });
        unreadable.clear();
    }

    /** @throws IllegalArgumentException when it cannot wait for a batch */
    private static Admitted bounded(Admitted admitted) {
        RequestReading.bounded(admitted.getRequest());
        admitted.setAdmittedAt(Times.bounded(admitted.getAdmittedAt()));
        admitted.setScheduledAt(Times.bounded(admitted.getScheduledAt()));
        QueuedRequest.of(admitted, false);
        return admitted;
    }

    private Outcome decodeOutcome(byte[] bytes) {
        return OutcomeReading.bounded(outcomeDecoder.deserialize(Topics.OUTCOMES.name(), bytes));
    }

    private Admitted decode(byte[] bytes) {
        return bounded((Admitted) decoder.deserialize(Topics.SCHEDULE.name(), bytes));
    }

    private Instant now() {
        return Instant.ofEpochMilli(context.currentSystemTimeMs());
    }
}

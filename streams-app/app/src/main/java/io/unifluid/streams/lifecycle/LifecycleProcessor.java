package io.unifluid.streams.lifecycle;

import io.unifluid.scheduling.admission.RejectKind;
import io.unifluid.scheduling.lifecycle.Effect;
import io.unifluid.scheduling.lifecycle.LifecycleEvent;
import io.unifluid.scheduling.lifecycle.LifecycleState;
import io.unifluid.scheduling.lifecycle.RequestLifecycle;
import io.unifluid.scheduling.lifecycle.StateKeys;
import io.unifluid.scheduling.lifecycle.Transition;
import io.unifluid.scheduling.reuse.AttemptOutcome;
import io.unifluid.schemas.Admitted;
import io.unifluid.schemas.Control;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.DeadLetterHeaders;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.config.AbsentModel;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.AttemptEnded;
import io.unifluid.streams.event.DecodedRecord;
import io.unifluid.streams.event.Encoding;
import io.unifluid.streams.event.Home;
import io.unifluid.streams.event.Names;
import io.unifluid.streams.event.Outbox;
import io.unifluid.streams.event.OutcomeReading;
import io.unifluid.streams.event.PromptCommit;
import io.unifluid.streams.event.ReplyTopics;
import io.unifluid.streams.event.RequestGoneException;
import io.unifluid.streams.event.RequestReading;
import io.unifluid.streams.event.Rerouted;
import io.unifluid.streams.event.StoreWalk;
import io.unifluid.streams.event.TooLargeException;
import io.unifluid.streams.event.TraceParent;
import io.unifluid.streams.event.WorkerOutcome;
import io.unifluid.streams.intake.IntakeAwayException;
import io.unifluid.streams.intake.IntakeGate;
import io.unifluid.streams.intake.IntakeRecords;
import io.unifluid.streams.intake.Place;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.workers.RunningWorkers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admission and settlement of every request: translates records and due wake-ups into events, asks
 * {@link RequestLifecycle}, stores its state and does its effects, all in one transaction. Decides nothing itself.
 *
 * <p>A record is worked on in two parts. The first reads, decides, encodes and measures, and touches nothing: whatever goes
 * wrong there is the record's own end. What it returns is the second part, which only stores and forwards.
 */
public final class LifecycleProcessor implements Processor<String, DecodedRecord<?>, byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(LifecycleProcessor.class);
    private static final String ASTRAY =
            "The record was passed on to a partition that is not its id's, as the number of"
                    + " partitions was changed meanwhile: send it again.";
    private static final String BLANK_ID = "The requestId is blank: give every request an id of its own.";
    private static final String TOO_LARGE = RejectKind.TOO_LARGE.name();
    private static final String INTERNAL = "INTERNAL";
    private static final int WAKE_UPS_AT_ONCE = 2_000;
    private static final int WALKED_AT_ONCE = 2_000;
    private static final int LONGEST_CANCEL_REASON = 1_000;
    private static final int LONGEST_SHOWN = 60;
    private static final Duration READ_AGAIN_AFTER = Duration.ofSeconds(1);

    private final StreamsSettings settings;
    private final StreamsMetrics metrics;
    private final Faults faults;
    private final Encoding encoding;
    private final RunningWorkers workers;
    private final Home home;
    private final AdmittedRequest.Admission admission;
    private final RequestLifecycle lifecycle;
    private final StateKeys keys;
    private final SecureRandom random = new SecureRandom();
    private final Deserializer<InferenceRequest> requestDecoder;
    private final IntakeRecords intake;
    private final IntakeGate gate;
    private final PromptCommit commit;

    private ProcessorContext<byte[], byte[]> context;
    private LifecycleStates records;
    private KeyValueStore<String, byte[]> requests;
    private WakeUpIndex wakeUps;
    private Forgetting forgetting;
    private TenantLoad load;
    /** Of wake-ups, load and what is to be forgotten, over the states. */
    private StoreWalk<RequestRecord> index;
    /** While outcomes are worked on that came together. */
    private Optional<EndsTogether> together = Optional.empty();

    public LifecycleProcessor(
            StreamsSettings settings,
            StreamsMetrics metrics,
            Faults faults,
            Encoding encoding,
            RunningWorkers workers,
            Home home,
            Deserializer<InferenceRequest> requestDecoder,
            IntakeRecords intake,
            IntakeGate gate) {
        this.settings = settings;
        this.metrics = metrics;
        this.faults = faults;
        this.encoding = encoding;
        this.workers = workers;
        this.home = home;
        this.admission = new AdmittedRequest.Admission(settings);
        this.lifecycle = new RequestLifecycle(settings.lifecycle());
        this.keys = new StateKeys(settings.validation().maxIdChars());
        this.requestDecoder = requestDecoder;
        this.intake = intake;
        this.gate = gate;
        this.commit = new PromptCommit(settings.promptCommitInterval());
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        KeyValueStore<String, RequestRecord> states = context.getStateStore(Names.LIFECYCLE_STORE);
        records = new LifecycleStates(states);
        requests = context.getStateStore(Names.REQUEST_STORE);
        wakeUps = new WakeUpIndex();
        forgetting = new Forgetting(settings.lifecycle().retention());
        load = new TenantLoad(gate.counter(context.taskId()));
        context.schedule(settings.wakeUpInterval(), PunctuationType.WALL_CLOCK_TIME, at -> wake());
        context.schedule(settings.batchingInterval(), PunctuationType.WALL_CLOCK_TIME, at -> commit.look(context));
        index = new StoreWalk<>(states, this::restore);
        index.begin(context, settings.batchingInterval(), () -> gate.counted(context.taskId()));
    }

    @Override
    public void close() {
        gate.forget(context.taskId());
    }

    /** What cannot be read is dealt with when it would seem lost: a version that can read it may be back by then. */
    private void restore(KeyValueIterator<String, RequestRecord> all) {
        var key = all.peekNextKey();
        Faults.guarded(() -> Optional.of(all.next().value), _ -> Optional.<RequestRecord>empty())
                .ifPresentOrElse(
                        known -> {
                            load.changed(Optional.empty(), Optional.of(known));
                            await(Optional.empty(), Optional.of(new Known(key, known)));
                        },
                        () -> wakeUps.move(
                                Optional.empty(),
                                Optional.of(new WakeUpIndex.Due(
                                        now().plus(settings.lifecycle().lostAfter()), key))));
    }

    @Override
    public void process(Record<String, DecodedRecord<?>> record) {
        var topic = context.recordMetadata().orElseThrow().topic();
        var deed = faults.setAside(context)
                .map(reason -> deadLetter(record, reason))
                .orElseGet(() -> Faults.guarded(() -> decided(record), reason -> deadLetter(record, reason)));
        if (Topics.isIntake(topic)) {
            metrics.received();
        }
        deed.run();
    }

    private Runnable decided(Record<String, DecodedRecord<?>> record) {
        return switch (record.value().value()) {
            case InferenceRequest request -> placed(record, request.getRequestId(), () -> request(record, request));
            case Control control -> placed(record, control.getRequestId(), () -> control(record, control));
            case Outcome outcome when !outcome.getOthers().isEmpty() -> outcomes(record, outcome);
            case Outcome outcome -> outcome(record, outcome);
            case null -> deadLetter(record, "The record has no value: send the event itself, not a tombstone.");
            default ->
                throw new IllegalStateException("Not a record of this topology: "
                        + record.value().value().getClass());
        };
    }

    /** Work on what was sent by its id, where that belongs; what lies elsewhere is passed on, once. */
    private Runnable placed(Record<String, DecodedRecord<?>> record, String requestId, Supplier<Runnable> work) {
        if (!requestId.equals(record.key())) {
            return deadLetter(record, keyDiffers(record.key(), requestId));
        }
        if (requestId.isBlank()) {
            return deadLetter(record, BLANK_ID);
        }
        var place = context.recordMetadata().orElseThrow();
        if (home.of(requestId) == place.partition()) {
            return work.get();
        }
        return Topics.REROUTES.contains(place.topic()) ? deadLetter(record, ASTRAY) : reroute(record, place);
    }

    private Runnable reroute(Record<String, DecodedRecord<?>> record, RecordMetadata place) {
        var headers = new RecordHeaders(record.headers());
        var received = record.value();
        Rerouted.mark(
                headers,
                new DeadLetterHeaders.Origin(place.topic(), place.partition(), place.offset(), received.timestamp()));
        var topic = Topics.rerouted(place.topic());
        var outbox = new Outbox(faults.limits());
        outbox.add(
                Names.reroutedSink(topic),
                topic,
                record.key(),
                received.original(),
                Instant.ofEpochMilli(record.timestamp()),
                headers);
        return () -> {
            outbox.forward(context);
            metrics.reroute(place.topic());
            if (topic.equals(Topics.REROUTED_AHEAD)) {
                commit.ask(context);
            }
        };
    }

    private Runnable request(Record<String, DecodedRecord<?>> record, InferenceRequest request) {
        var arrival = admission.receive(
                RequestReading.bounded(request),
                record.value().bytes(),
                workers.models(now()),
                load,
                TraceParent.of(record.headers()));
        var placed = place(record, arrival).map(arrival::at).orElse(arrival);
        return advance(record, arrival.event(), Origin.of(record).with(placed));
    }

    /** Where it can be read again, in place of being stored; empty when it must be stored. */
    private Optional<Place> place(Record<String, DecodedRecord<?>> record, AdmittedRequest arrival) {
        if (!arrival.isLeftInPlace()) {
            return Optional.empty();
        }
        var at = context.recordMetadata().orElseThrow();
        var lies = new DeadLetterHeaders.Origin(
                at.topic(), at.partition(), at.offset(), record.value().timestamp());
        return intake.place(Rerouted.origin(lies, record.headers()), arrival.request(), now());
    }

    private Runnable control(Record<String, DecodedRecord<?>> record, Control control) {
        if (control.getKind() != ControlKind.CANCEL) {
            return deadLetter(record, "The kind of control is not known to this version: send CANCEL.");
        }
        int longest = settings.validation().maxIdChars();
        if (control.getTenant().length() > longest) {
            return deadLetter(
                    record,
                    "The tenant has " + control.getTenant().length() + " characters; the limit is " + longest
                            + ": name the request's tenant.");
        }
        var given = control.getReason();
        var reason = given == null || given.isBlank() ? "The caller cancelled it and gave no reason." : given;
        var event = new LifecycleEvent.CancelRequested(
                record.key(), control.getTenant(), OneLine.of(reason, LONGEST_CANCEL_REASON));
        return advance(record, event, Origin.of(record));
    }

    /** Each as if it had come alone, so that what is wrong with one is nobody else's; their ends are told together. */
    private Runnable outcomes(Record<String, DecodedRecord<?>> record, Outcome first) {
        var all = new ArrayList<>(List.of(first));
        all.addAll(first.getOthers());
        first.setOthers(List.of());
        return () -> {
            var told = new EndsTogether();
            together = Optional.of(told);
            try {
                for (int i = 0; i < all.size(); i++) {
                    var outcome = all.get(i);
                    byte[] bytes = encoding.of(Topics.OUTCOMES, outcome);
                    // A key that is not the first one's id is the record's own fault.
                    var alone = record.withKey(i == 0 ? record.key() : outcome.getRequestId())
                            .<DecodedRecord<?>>withValue(record.value().part(outcome, bytes));
                    Faults.guarded(() -> outcome(alone, outcome), reason -> deadLetter(alone, reason))
                            .run();
                }
            } finally {
                together = Optional.empty();
            }
            told.byWay().forEach(this::tell);
        };
    }

    /** What is too much for one record goes in halves, and a report that is too large by itself stays behind. */
    private void tell(EndsTogether.Way way, List<AttemptEnded> ends) {
        var outbox = new Outbox(faults.limits());
        try {
            var topic = Names.scheduleTopic(way.ahead());
            outbox.add(
                    Names.scheduleSink(way.ahead()),
                    topic.name(),
                    way.shard(),
                    encoding.of(topic, ends.getFirst().told(ends.subList(1, ends.size()))),
                    now());
        } catch (TooLargeException e) {
            if (ends.size() == 1) {
                tell(way, List.of(ends.getFirst().withoutReport()));
            } else {
                tell(way, ends.subList(0, ends.size() / 2));
                tell(way, ends.subList(ends.size() / 2, ends.size()));
            }
            return;
        }
        outbox.forward(context);
    }

    private Runnable outcome(Record<String, DecodedRecord<?>> record, Outcome outcome) {
        if (!outcome.getOthers().isEmpty()) {
            return deadLetter(
                    record, "An outcome that travels with another one carries others itself: send each once.");
        }
        if (!outcome.getRequestId().equals(record.key())) {
            return deadLetter(record, keyDiffers(record.key(), outcome.getRequestId()));
        }
        var report =
                WorkerOutcome.of(OutcomeReading.bounded(outcome), record.value().bytes(), record.headers());
        return OutcomeReading.event(report.outcome(), report.reused() || runsNowhere(outcome))
                .map(event -> reported(record, report, event))
                .orElseGet(() -> deadLetter(
                        record, "The kind of outcome is not known to this version: upgrade the streams app."));
    }

    private Runnable reported(Record<String, DecodedRecord<?>> record, WorkerOutcome report, LifecycleEvent event) {
        var known = find(record.key(), event);
        return known.filter(request -> request.denies(report.outcome())).isPresent()
                ? advance(record.key(), known, new LifecycleEvent.Forged(), Origin.of(record))
                : advance(record.key(), known, event, Origin.of(record).with(report));
    }

    /** Whether a worker refused a request for its model, and none that is known runs that model. */
    private boolean runsNowhere(Outcome outcome) {
        var running = workers.models(now());
        return settings.absentModel() == AbsentModel.REJECT
                && outcome.getFailure() == FailureKind.UNKNOWN_MODEL
                && !running.models().isEmpty()
                && asked(outcome.getRequestId())
                        .filter(model -> !running.runs(model))
                        .isPresent();
    }

    /** The model that a request names; empty too when that cannot be told now. */
    private Optional<String> asked(String requestId) {
        try {
            return keys.find(requestId, new LifecycleEvent.Tick(), records::get)
                    .flatMap(known -> request(requestId, known.place()))
                    .map(InferenceRequest::getModel);
        } catch (IntakeAwayException e) {
            return Optional.empty();
        }
    }

    /** A request that was admitted before; empty when its bytes are gone. */
    private Optional<InferenceRequest> request(String requestId, Optional<Place> place) {
        return place.isPresent()
                ? intake.take(place.get(), now())
                : Optional.ofNullable(requests.get(requestId))
                        .map(bytes ->
                                RequestReading.bounded(requestDecoder.deserialize(Topics.REQUESTS.name(), bytes)));
    }

    private void wake() {
        var due = new ArrayDeque<>(wakeUps.takeDue(now(), WAKE_UPS_AT_ONCE));
        try {
            for (; !due.isEmpty(); due.remove()) {
                copyIfOld(due.element().key());
                wake(due.element().key());
            }
        } catch (IntakeAwayException e) {
            LOG.warn("{} It is tried again.", e.getMessage());
            var later = now().plus(READ_AGAIN_AFTER);
            due.forEach(one -> wakeUps.move(Optional.empty(), Optional.of(new WakeUpIndex.Due(later, one.key()))));
        }
        forgetting.due(now(), WALKED_AT_ONCE, this::walk).forEach(this::wake);
    }

    private void wake(String key) {
        Faults.guarded(() -> due(key, new LifecycleEvent.Tick()), reason -> end(key, reason))
                .run();
    }

    /** The place of a request does not hold for ever. */
    private void copyIfOld(String key) {
        Faults.guarded(() -> Optional.ofNullable(stored(key)), _ -> Optional.<RequestRecord>empty())
                .filter(known ->
                        known.copyAt().filter(at -> !now().isBefore(at)).isPresent())
                .ifPresent(known -> copy(key, known));
    }

    private void copy(String key, RequestRecord known) {
        var requestId = known.state().requestId();
        request(requestId, known.place())
                .ifPresentOrElse(
                        request -> requests.put(requestId, encoding.of(Topics.REQUESTS, request)),
                        () -> LOG.warn(
                                "Request '{}' is unfinished and was deleted from {}: it cannot be tried again.",
                                shown(requestId),
                                known.place().orElseThrow().topic()));
        var copied = known.copied();
        await(Optional.of(new Known(key, known)), Optional.of(new Known(key, copied)));
        records.put(key, copied, Optional.empty());
    }

    /** What is over among some of the states. */
    private Forgetting.Part walk(Optional<String> from, int most, Instant now) {
        var due = new ArrayList<String>();
        var earliest = Instant.MAX;
        try (var states = records.stored(from.orElse(null))) {
            for (int left = most; states.hasNext(); left--) {
                var key = states.peekNextKey();
                if (left == 0) {
                    return new Forgetting.Part(due, Optional.of(key), present(earliest));
                }
                var known =
                        Faults.guarded(() -> Optional.of(states.next().value), _ -> Optional.<RequestRecord>empty());
                if (known.filter(state -> !state.live()).isPresent()) {
                    var at = known.get().state().nextDueAt();
                    if (!now.isBefore(at)) {
                        due.add(key);
                    } else if (at.isBefore(earliest)) {
                        earliest = at;
                    }
                }
            }
        }
        return new Forgetting.Part(due, Optional.empty(), present(earliest));
    }

    private static Optional<Instant> present(Instant earliest) {
        return Optional.of(earliest).filter(at -> at.isBefore(Instant.MAX));
    }

    private Runnable due(String at, LifecycleEvent event) {
        var known = stored(at);
        if (known == null) {
            return () -> {};
        }
        var key = keys.of(known.state());
        var step = advance(known.state().requestId(), Optional.of(known), event, Origin.CLOCK);
        return () -> {
            if (!key.equals(at)) { // an earlier version kept it there
                records.delete(at);
                records.put(key, known, Optional.empty());
            }
            step.run();
        };
    }

    /** What is due for a request cannot be done: it ends with a result that says so, or else is forgotten. */
    private Runnable end(String key, String reason) {
        return Faults.guarded(
                () -> due(key, new LifecycleEvent.Impossible(INTERNAL, reason)), _ -> forgetUnreadable(key, reason));
    }

    /** Its state cannot even be read, or no result of it written. */
    private Runnable forgetUnreadable(String key, String reason) {
        var place = new DeadLetterHeaders.Origin(
                Topics.REQUESTS.name(), context.taskId().partition(), -1, -1);
        return () -> {
            forward(faults.letter(
                    place,
                    key.getBytes(StandardCharsets.UTF_8),
                    requests.get(key),
                    new RecordHeaders(),
                    reason,
                    now()));
            requests.delete(key);
            records.delete(key);
        };
    }

    /** What the event meets; what is over and only not yet forgotten, it does not. */
    private Optional<RequestRecord> find(String requestId, LifecycleEvent event) {
        return keys.find(requestId, event, this::stored)
                .filter(known -> known.live() || now().isBefore(known.state().nextDueAt()));
    }

    private RequestRecord stored(String key) {
        index.reach(key);
        return records.get(key);
    }

    private Runnable advance(Record<String, ?> record, LifecycleEvent event, Origin origin) {
        return advance(record.key(), find(record.key(), event), event, origin);
    }

    /**
     * One step of one request: stored state and event in, stored state and effects out. A step that would write more than a
     * topic takes is replaced by one that ends the request.
     */
    private Runnable advance(String requestId, Optional<RequestRecord> before, LifecycleEvent event, Origin origin) {
        try {
            return planned(requestId, before, event, origin);
        } catch (TooLargeException e) {
            var instead = origin.arrival()
                    .<LifecycleEvent>map(arrival -> arrival.refused(e.getMessage()))
                    .orElseGet(() -> new LifecycleEvent.Impossible(TOO_LARGE, e.getMessage()));
            return planned(requestId, before, instead, origin);
        }
    }

    private Runnable planned(String requestId, Optional<RequestRecord> before, LifecycleEvent event, Origin origin) {
        Instant now = now();
        Transition transition = lifecycle.apply(before.map(RequestRecord::state), event, now);
        var step = new Step(requestId, before, transition, origin, now, new Outbox(faults.limits()));
        before.filter(known -> known.attemptEndsWith(transition.state())).ifPresent(over -> attemptEnded(over, step));
        transition.effects().forEach(effect -> plan(step, effect));
        return () -> perform(step);
    }

    private void plan(Step step, Effect effect) {
        switch (effect) {
            case Effect.Schedule schedule -> schedule(step, schedule);
            case Effect.Settle settle -> settle(step, settle);
            case Effect.PublishStatus status -> publish(step, status);
            case Effect.Purge _ -> forget(step);
            // These two when the step is performed.
            case Effect.DeadLetter _, Effect.Count _ -> {}
            // The wake-up follows from the state that is stored: LifecycleState.nextDueAt is this instant.
            case Effect.WakeAt _ -> {}
        }
    }

    private void perform(Step step) {
        step.outbox.forward(context);
        step.told.ifPresent(Runnable::run);
        step.left.ifPresent(Runnable::run);
        if (step.isAwaited()) {
            commit.ask(context);
        }
        if (step.body != null) {
            requests.put(step.requestId, step.body);
        } else if (step.over && step.before.flatMap(RequestRecord::place).isEmpty()) {
            requests.delete(step.requestId);
        }
        store(step);
        for (var effect : step.transition.effects()) {
            switch (effect) {
                case Effect.DeadLetter letter ->
                    deadLetter(step.origin.record().orElseThrow(), letter.reason())
                            .run();
                case Effect.Count count -> metrics.count(count.counter());
                case Effect.Settle settle -> metrics.settled(settle.status());
                case Effect.Schedule _, Effect.PublishStatus _, Effect.WakeAt _, Effect.Purge _ -> {}
            }
        }
        step.origin.arrival().ifPresent(_ -> metrics.admission(step.transition.effects()));
    }

    private void schedule(Step step, Effect.Schedule schedule) {
        var metadata = step.metadata();
        step.scheduledAt = schedule.scheduledAt();
        var request = body(step);
        var place = metadata.place().filter(_ -> Place.hasPicture(request));
        var admitted = new Admitted(
                place.isPresent() ? RequestReading.withoutPicture(request) : request,
                schedule.attempt(),
                schedule.isolated(),
                metadata.lane().topicSuffix(),
                metadata.bucket(),
                metadata.cost(),
                metadata.bytes(),
                step.transition.state().map(LifecycleState::admittedAt).orElse(step.now),
                schedule.scheduledAt(),
                step.transition.state().flatMap(LifecycleState::computationKey).orElse(null),
                step.token(schedule.attempt(), random),
                place.map(Place::told).orElse(null));
        var topic = Names.scheduleTopic(metadata.lane().interactive());
        byte[] encoded = encoding.of(topic, admitted);
        if (place.isPresent()) {
            // One that is too large to be sent there is too large for a batch.
            faults.limits().require(topic.name(), encoded.length + metadata.bytes());
            step.left = Optional.of(() -> intake.admitted(place.get(), request, (int) metadata.bytes(), step.now));
        }
        step.outbox.add(
                Names.scheduleSink(metadata.lane().interactive()), topic.name(), metadata.shard(), encoded, step.now);
    }

    /** The request itself: at hand when it has just come, else from the store or from its place. */
    private InferenceRequest body(Step step) {
        var first = step.firstArrival();
        if (first.isPresent()) {
            byte[] bytes = first.get().bytes();
            faults.limits()
                    .require(
                            settings.changelog(Names.REQUEST_STORE),
                            step.requestId.getBytes(StandardCharsets.UTF_8),
                            bytes,
                            new RecordHeaders());
            step.body = first.get().metadata().place().isPresent() ? null : bytes;
            return first.get().request();
        }
        return request(step.requestId, step.metadata().place())
                .orElseThrow(
                        () -> new RequestGoneException("The request was deleted from its topic before it was computed:"
                                + " send it again, and see that the topic keeps its records for a day at least."));
    }

    private void settle(Step step, Effect.Settle settle) {
        var metadata = step.metadata();
        var ended = step.transition.state().orElseThrow();
        var result = Results.assemble(
                step.requestId,
                ended.tenant().orElseThrow(),
                metadata,
                settle,
                step.origin.report().map(WorkerOutcome::outcome),
                step.origin.report().filter(WorkerOutcome::reused).isPresent(),
                ended.attempt(),
                ended.admittedAt(),
                step.now);
        var headers = new RecordHeaders();
        Results.addHeaders(headers, step.requestId, metadata);
        step.outbox.add(
                Names.RESULTS_SINK,
                Topics.RESULTS.name(),
                step.requestId,
                encoding.of(Topics.RESULTS, result),
                step.now,
                headers);
        metadata.replyTopic().ifPresent(topic -> reply(step, metadata, result, topic));
        step.over = step.before.filter(RequestRecord::live).isPresent();
    }

    /** A reply topic may take less than the results do, and may have been taken off the list meanwhile. */
    private void reply(Step step, RequestMetadata metadata, InferenceResult result, String topic) {
        if (!settings.validation().replyTopics().contains(topic)) {
            LOG.warn("No copy of a result goes to '{}': it is not among the reply-topics any more.", topic);
            return;
        }
        var headers = new RecordHeaders();
        Results.addHeaders(headers, step.requestId, metadata);
        headers.add(ReplyTopics.HEADER, topic.getBytes(StandardCharsets.UTF_8));
        try {
            copy(step, result, topic, headers);
        } catch (TooLargeException e) {
            copy(step, Results.withoutOutput(result, topic), topic, headers);
        }
    }

    private void copy(Step step, InferenceResult result, String topic, Headers headers) {
        step.outbox.add(
                Names.REPLIES_SINK,
                topic,
                step.requestId,
                encoding.of(Topics.RESULTS, topic, result),
                step.now,
                headers);
    }

    private void publish(Step step, Effect.PublishStatus status) {
        if (settings.status().publishes(status.state(), step.metadata().lane().interactive())) {
            var state = RequestStates.of(status.state());
            var detail = status.detail().isEmpty() ? null : status.detail();
            var value = new RequestStatus(step.requestId, state, status.attempt(), detail, step.now);
            status(step, encoding.of(Topics.STATUS, value));
        }
    }

    /** Its bytes went when it ended. */
    private void forget(Step step) {
        if (settings.status().publishesAny()) {
            status(step, null);
        }
    }

    private static void status(Step step, byte[] value) {
        step.outbox.add(Names.STATUS_SINK, Topics.STATUS.name(), step.requestId, value, step.now);
    }

    /**
     * Tells batching that an attempt is over, so that it neither waits nor counts as outstanding any more. A report of
     * that attempt shows that its one dispatch has arrived there; only then may the word overtake others.
     */
    private void attemptEnded(RequestRecord over, Step step) {
        var state = over.state();
        var metadata = over.metadata().orElseThrow();
        var shared = state.computationKey()
                .map(key -> new AttemptEnded.Shared(
                        key,
                        AttemptOutcome.of(
                                state,
                                step.transition,
                                step.origin
                                        .report()
                                        .filter(WorkerOutcome::ownBytes)
                                        .isPresent()),
                        step.origin
                                .report()
                                .filter(WorkerOutcome::answersOthers)
                                .map(WorkerOutcome::bytes)));
        var ended = new AttemptEnded(state.requestId(), state.attempt(), metadata.lane(), shared);
        boolean arrived = step.origin
                .report()
                .filter(report -> report.outcome().getAttempt() == state.attempt() && state.lostDispatches() == 0)
                .isPresent();
        boolean ahead = metadata.lane().interactive() || arrived;
        if (together.isPresent() && step.settles() && EndsTogether.takes(ended)) {
            step.told =
                    Optional.of(() -> together.orElseThrow().add(new EndsTogether.Way(metadata.shard(), ahead), ended));
            return;
        }
        try {
            attemptEnded(step, metadata, ended, ahead);
        } catch (TooLargeException e) {
            attemptEnded(step, metadata, ended.withoutReport(), ahead);
        }
    }

    private void attemptEnded(Step step, RequestMetadata metadata, AttemptEnded ended, boolean ahead) {
        var topic = Names.scheduleTopic(ahead);
        step.outbox.add(
                Names.scheduleSink(ahead), topic.name(), metadata.shard(), encoding.of(topic, ended.told()), step.now);
    }

    private void store(Step step) {
        var after = step.after();
        if (after.equals(step.before)) {
            return;
        }
        var from = step.before.map(known -> keys.of(known.state()));
        var to = after.map(known -> keys.of(known.state()));
        await(step.before.map(this::known), after.map(this::known));
        load.changed(step.before, after);
        from.filter(key -> !to.equals(Optional.of(key))).ifPresent(records::delete);
        to.ifPresent(key -> records.put(key, after.get(), step.before));
    }

    /** Has a request woken, or what is over forgotten, when the state that follows is due. */
    private void await(Optional<Known> before, Optional<Known> after) {
        wakeUps.move(before.flatMap(Known::wakeUp), after.flatMap(Known::wakeUp));
        after.filter(known -> !known.record().live())
                .ifPresent(over -> forgetting.expect(over.record().state().nextDueAt()));
    }

    private Known known(RequestRecord record) {
        return new Known(keys.of(record.state()), record);
    }

    private Runnable deadLetter(Record<String, DecodedRecord<?>> record, String reason) {
        return () -> forward(faults.letter(context, record, reason, now()));
    }

    private void forward(ProducerRecord<byte[], byte[]> letter) {
        context.forward(
                new Record<>(letter.key(), letter.value(), letter.timestamp(), letter.headers()),
                Names.DEAD_LETTER_SINK);
    }

    private Instant now() {
        return Instant.ofEpochMilli(context.currentSystemTimeMs());
    }

    private static String keyDiffers(String key, String requestId) {
        return key == null
                ? "The record has no key: send it again with the requestId as the key."
                : "The record's key '" + shown(key) + "' is not its requestId '" + shown(requestId)
                        + "': send it again with the request id as the key.";
    }

    private static String shown(String text) {
        return OneLine.of(text, LONGEST_SHOWN);
    }

    /** A state and where it is kept. */
    private record Known(String key, RequestRecord record) {
        /** Of an unfinished request. */
        Optional<WakeUpIndex.Due> wakeUp() {
            return record.live() ? Optional.of(new WakeUpIndex.Due(nextDueAt(), key)) : Optional.empty();
        }

        private Instant nextDueAt() {
            var due = record.state().nextDueAt();
            return record.copyAt().filter(at -> at.isBefore(due)).orElse(due);
        }
    }

    /** What brought an event: a record, which may be a request or a worker's report, or the clock. */
    private record Origin(
            Optional<Record<String, DecodedRecord<?>>> record,
            Optional<AdmittedRequest> arrival,
            Optional<WorkerOutcome> report) {
        static final Origin CLOCK = new Origin(Optional.empty(), Optional.empty(), Optional.empty());

        static Origin of(Record<String, DecodedRecord<?>> record) {
            return new Origin(Optional.of(record), Optional.empty(), Optional.empty());
        }

        Origin with(AdmittedRequest request) {
            return new Origin(record, Optional.of(request), report);
        }

        Origin with(WorkerOutcome outcome) {
            return new Origin(record, arrival, Optional.of(outcome));
        }
    }

    /** What one step of one request works on, and what it will write. */
    private static final class Step {
        final String requestId;
        final Optional<RequestRecord> before;
        final Transition transition;
        final Origin origin;
        final Instant now;
        final Outbox outbox;
        private Instant scheduledAt;
        private Optional<OutcomeSecret> secret;

        private byte[] body;

        /** Has the picture at hand for batching, where it was left out. */
        private Optional<Runnable> left = Optional.empty();

        private boolean over;

        /** Tells batching of the attempt's end later, together with others'. */
        private Optional<Runnable> told = Optional.empty();

        Step(
                String requestId,
                Optional<RequestRecord> before,
                Transition transition,
                Origin origin,
                Instant now,
                Outbox outbox) {
            this.requestId = requestId;
            this.before = before;
            this.transition = transition;
            this.origin = origin;
            this.now = now;
            this.outbox = outbox;
            this.secret = before.flatMap(RequestRecord::secret);
        }

        /** For a dispatch; empty where the request was admitted before there were tokens. */
        ByteBuffer token(int attempt, SecureRandom random) {
            if (firstArrival().isPresent()) {
                secret = Optional.of(OutcomeSecret.draw(random));
            }
            return secret.map(drawn -> drawn.token(attempt)).orElseGet(() -> ByteBuffer.allocate(0));
        }

        /** The metadata of the request that counts: the first one of its id. */
        RequestMetadata metadata() {
            return knownMetadata()
                    .orElseThrow(() -> new IllegalStateException(
                            "Request '" + requestId + "' shall be acted on, but it was never received."));
        }

        boolean settles() {
            return transition.effects().stream().anyMatch(Effect.Settle.class::isInstance);
        }

        /** Whether somebody waits for what this step writes. */
        boolean isAwaited() {
            return transition.effects().stream()
                            .anyMatch(effect -> effect instanceof Effect.Schedule || effect instanceof Effect.Settle)
                    && (knownMetadata()
                                    .filter(known -> known.lane().interactive())
                                    .isPresent()
                            || origin.arrival()
                                    .filter(refused -> refused.request().getPriority() == Priority.INTERACTIVE)
                                    .isPresent());
        }

        private Optional<RequestMetadata> knownMetadata() {
            return before.flatMap(RequestRecord::metadata)
                    .or(() -> origin.arrival().map(AdmittedRequest::metadata));
        }

        /** The arrival, when it is the first of its id; a duplicate has metadata in the store already. */
        Optional<AdmittedRequest> firstArrival() {
            return before.flatMap(RequestRecord::metadata).isPresent() ? Optional.empty() : origin.arrival();
        }

        Optional<RequestRecord> after() {
            return transition.state().map(state -> new RequestRecord(state, metadataFor(state), secret));
        }

        private Optional<RequestMetadata> metadataFor(LifecycleState state) {
            return state.phase().live()
                    ? knownMetadata().map(known -> scheduledAt == null ? known : known.scheduledAt(scheduledAt))
                    : Optional.empty();
        }
    }
}

package io.unifluid.streams;

import io.unifluid.scheduling.Effect;
import io.unifluid.scheduling.Ending;
import io.unifluid.scheduling.LifecycleEvent;
import io.unifluid.scheduling.LifecycleState;
import io.unifluid.scheduling.RequestLifecycle;
import io.unifluid.scheduling.StateKeys;
import io.unifluid.scheduling.Transition;
import io.unifluid.schemas.Admitted;
import io.unifluid.schemas.Control;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.DeadLetterHeaders;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Admission and settlement of every request: translates records and due wake-ups into events, asks
 * {@link RequestLifecycle}, stores its state and does its effects, all in one transaction. Decides nothing itself.
 */
final class LifecycleProcessor implements Processor<String, Received<?>, String, Object> {
    private static final int WAKE_UPS_AT_ONCE = 2_000;
    private static final String BLANK_ID = "The requestId is blank: give every request an id of its own.";
    private static final int LONGEST_CANCEL_REASON = 1_000;
    private static final int LONGEST_TRACEPARENT = 128;

    private final StreamsSettings settings;
    private final StreamsMetrics metrics;
    private final RunningWorkers workers;
    private final Arrival.Desk desk;
    private final RequestLifecycle lifecycle;
    private final StateKeys keys;
    private final SecureRandom random = new SecureRandom();
    private final Deserializer<InferenceRequest> requestDecoder;

    private ProcessorContext<String, Object> context;
    private KeyValueStore<String, Tracked> tracked;
    private KeyValueStore<String, byte[]> requests;
    private WakeUps wakeUps;
    private TenantLoad load;

    LifecycleProcessor(
            StreamsSettings settings,
            StreamsMetrics metrics,
            RunningWorkers workers,
            Deserializer<InferenceRequest> requestDecoder) {
        this.settings = settings;
        this.metrics = metrics;
        this.workers = workers;
        this.desk = new Arrival.Desk(settings);
        this.lifecycle = new RequestLifecycle(settings.lifecycle());
        this.keys = new StateKeys(settings.validation().maxIdChars());
        this.requestDecoder = requestDecoder;
    }

    @Override
    public void init(ProcessorContext<String, Object> context) {
        this.context = context;
        tracked = context.getStateStore(UniFluidTopology.LIFECYCLE_STORE);
        requests = context.getStateStore(UniFluidTopology.REQUEST_STORE);
        wakeUps = new WakeUps(context.<KeyValueStore<Bytes, byte[]>>getStateStore(UniFluidTopology.WAKE_UP_STORE));
        load = new TenantLoad();
        if (settings.admission().maxInFlightPerTenant().isPresent()) {
            try (var all = tracked.all()) {
                all.forEachRemaining(entry -> load.changed(Optional.empty(), Optional.of(entry.value)));
            }
        }
        context.schedule(settings.wakeUpInterval(), PunctuationType.WALL_CLOCK_TIME, at -> wake());
    }

    @Override
    public void process(Record<String, Received<?>> record) {
        switch (record.value().value()) {
            case InferenceRequest request -> request(record, request);
            case Control control -> control(record, control);
            case Outcome outcome -> outcome(record, outcome);
            case null -> tombstone(record);
            default ->
                throw new IllegalStateException("Not a record of this topology: "
                        + record.value().value().getClass());
        }
    }

    private void tombstone(Record<String, Received<?>> record) {
        if (Topics.isIntake(context.recordMetadata().orElseThrow().topic())) {
            metrics.received();
        }
        deadLetter(record, "The record has no value: send the event itself, not a tombstone.");
    }

    private void request(Record<String, Received<?>> record, InferenceRequest request) {
        metrics.received();
        if (!request.getRequestId().equals(record.key())) {
            deadLetter(record, keyDiffers(record.key(), request.getRequestId()));
        } else if (request.getRequestId().isBlank()) {
            deadLetter(record, BLANK_ID);
        } else {
            var arrival = desk.receive(
                    request, record.value().bytes(), workers.models(now()), load, traceparent(record.headers()));
            advance(record, arrival.event(), Origin.of(record).with(arrival));
        }
    }

    private void control(Record<String, Received<?>> record, Control control) {
        if (!control.getRequestId().equals(record.key())) {
            deadLetter(record, keyDiffers(record.key(), control.getRequestId()));
        } else if (control.getRequestId().isBlank()) {
            deadLetter(record, BLANK_ID);
        } else if (control.getKind() != ControlKind.CANCEL) {
            deadLetter(record, "The kind of control is not known to this version: send CANCEL.");
        } else {
            var given = control.getReason();
            var reason = given == null || given.isBlank() ? "The caller cancelled it and gave no reason." : given;
            var bounded = reason.substring(0, Math.min(reason.length(), LONGEST_CANCEL_REASON));
            var event = new LifecycleEvent.CancelRequested(record.key(), control.getTenant(), bounded);
            advance(record, event, Origin.of(record));
        }
    }

    private void outcome(Record<String, Received<?>> record, Outcome outcome) {
        var report = Report.of(outcome, record.value().bytes(), record.headers());
        var event = OutcomeReading.event(outcome, report.reused() || runsNowhere(outcome));
        if (!outcome.getRequestId().equals(record.key())) {
            deadLetter(record, keyDiffers(record.key(), outcome.getRequestId()));
        } else if (event.isEmpty()) {
            deadLetter(record, "The kind of outcome is not known to this version: upgrade the streams app.");
        } else {
            var known = find(record.key(), event.get());
            if (known.filter(request -> request.denies(outcome)).isPresent()) {
                advance(record.key(), known, new LifecycleEvent.Forged(), Origin.of(record));
            } else {
                advance(record.key(), known, event.get(), Origin.of(record).with(report));
            }
        }
    }

    /** Whether a worker refused a request for its model, and none that is known runs that model. */
    private boolean runsNowhere(Outcome outcome) {
        var running = workers.models(now());
        return outcome.getFailure() == FailureKind.UNKNOWN_MODEL
                && !running.models().isEmpty()
                && Optional.ofNullable(requests.get(outcome.getRequestId()))
                        .map(bytes -> requestDecoder.deserialize(Topics.REQUESTS.name(), bytes))
                        .filter(request -> request.getModel() != null && !running.runs(request.getModel()))
                        .isPresent();
    }

    private void wake() {
        for (var due : wakeUps.due(now(), WAKE_UPS_AT_ONCE)) {
            wakeUps.remove(due);
            var known = tracked.get(due.key());
            if (known != null) {
                var key = keys.of(known.state());
                if (!key.equals(due.key())) { // an earlier version kept it there
                    tracked.delete(due.key());
                    tracked.put(key, known);
                }
                advance(known.state().requestId(), Optional.of(known), new LifecycleEvent.Tick(), Origin.CLOCK);
            }
        }
    }

    private Optional<Tracked> find(String requestId, LifecycleEvent event) {
        return keys.find(requestId, event, tracked::get);
    }

    private void advance(Record<String, ?> record, LifecycleEvent event, Origin origin) {
        advance(record.key(), find(record.key(), event), event, origin);
    }

    /** One step of one request: stored state and event in, stored state and effects out. */
    private void advance(String requestId, Optional<Tracked> before, LifecycleEvent event, Origin origin) {
        Instant now = now();
        Transition transition = lifecycle.apply(before.map(Tracked::state), event, now);
        var step = new Step(requestId, before, transition, origin, now);

        before.filter(known -> known.handOutEndsWith(transition.state())).ifPresent(over -> release(over, step));
        transition.effects().forEach(effect -> perform(step, effect));
        store(step);
        origin.arrival().ifPresent(_ -> metrics.admission(transition.effects()));
    }

    private void perform(Step step, Effect effect) {
        switch (effect) {
            case Effect.Schedule schedule -> schedule(step, schedule);
            case Effect.Settle settle -> settle(step, settle);
            case Effect.PublishStatus status -> publish(step, status);
            case Effect.DeadLetter letter -> deadLetter(step.origin.record().orElseThrow(), letter.reason());
            case Effect.Count count -> metrics.count(count.counter());
            case Effect.Purge _ -> forget(step);
            // The wake-up follows from the state that is stored: LifecycleState.nextDueAt is this instant.
            case Effect.WakeAt _ -> {}
        }
    }

    private void schedule(Step step, Effect.Schedule schedule) {
        var ticket = step.ticket();
        step.scheduledAt = schedule.scheduledAt();
        forward(
                ticket.shard(),
                new Admitted(
                        body(step),
                        schedule.attempt(),
                        schedule.alone(),
                        ticket.lane().topicSuffix(),
                        ticket.bucket(),
                        ticket.cost(),
                        ticket.bytes(),
                        step.transition.state().map(LifecycleState::admittedAt).orElse(step.now),
                        schedule.scheduledAt(),
                        step.transition
                                .state()
                                .flatMap(LifecycleState::computationKey)
                                .orElse(null),
                        step.token(schedule.attempt(), random)),
                step.now,
                UniFluidTopology.scheduleSink(ticket.lane().interactive()));
    }

    /** The request itself: at hand when it has just come, else from the store. */
    private InferenceRequest body(Step step) {
        return step.firstArrival()
                .map(arrival -> {
                    requests.put(step.requestId, arrival.bytes());
                    return arrival.request();
                })
                .orElseGet(() -> requestDecoder.deserialize(Topics.REQUESTS.name(), requests.get(step.requestId)));
    }

    private void settle(Step step, Effect.Settle settle) {
        var ticket = step.ticket();
        var ended = step.transition.state().orElseThrow();
        var result = Results.assemble(
                step.requestId,
                ended.tenant().orElseThrow(),
                ticket,
                settle,
                step.origin.report().map(Report::outcome),
                step.origin.report().filter(Report::reused).isPresent(),
                ended.attempt(),
                ended.admittedAt(),
                step.now);
        context.forward(resultRecord(step, ticket, result), UniFluidTopology.RESULTS_SINK);
        ticket.replyTopic().ifPresent(topic -> {
            var copy = resultRecord(step, ticket, result);
            copy.headers().add(ReplyTopics.HEADER, topic.getBytes(StandardCharsets.UTF_8));
            context.forward(copy, UniFluidTopology.REPLIES_SINK);
        });
        step.before.filter(Tracked::live).ifPresent(_ -> requests.delete(step.requestId));
        metrics.settled(settle.status());
    }

    /** One for every reader: a producer closes the headers of what it has sent. */
    private static Record<String, Object> resultRecord(Step step, Ticket ticket, InferenceResult result) {
        var record = new Record<String, Object>(step.requestId, result, step.now.toEpochMilli());
        Results.addHeaders(record.headers(), step.requestId, ticket);
        return record;
    }

    private void publish(Step step, Effect.PublishStatus status) {
        if (settings.status().publishes(status.state())) {
            var state = RequestStates.of(status.state());
            var detail = status.detail().isEmpty() ? null : status.detail();
            forward(
                    step.requestId,
                    new RequestStatus(step.requestId, state, status.attempt(), detail, step.now),
                    step.now,
                    UniFluidTopology.STATUS_SINK);
        }
    }

    private void forget(Step step) {
        requests.delete(step.requestId);
        if (settings.status().publishesAny()) {
            forward(step.requestId, null, step.now, UniFluidTopology.STATUS_SINK);
        }
    }

    /**
     * Tells batching that an attempt is over, so that it neither waits nor counts as outstanding any more. A report of
     * that attempt shows that its one hand-out has arrived there; only then may the word overtake others.
     */
    private void release(Tracked over, Step step) {
        var state = over.state();
        var ticket = over.ticket().orElseThrow();
        var shared = state.computationKey()
                .map(key -> new Release.Shared(
                        key,
                        Ending.of(
                                state,
                                step.transition,
                                step.origin.report().filter(Report::ownBytes).isPresent()),
                        step.origin.report().filter(Report::answersOthers).map(Report::bytes)));
        var release = new Release(state.requestId(), state.attempt(), shared);
        Record<String, Object> record = new Record<>(ticket.shard(), null, now().toEpochMilli());
        release.addTo(record.headers());
        boolean arrived = step.origin
                .report()
                .filter(report -> report.outcome().getAttempt() == state.attempt() && state.lostHandOuts() == 0)
                .isPresent();
        context.forward(record, UniFluidTopology.scheduleSink(ticket.lane().interactive() || arrived));
    }

    private void store(Step step) {
        var after = step.after();
        if (after.equals(step.before)) {
            return;
        }
        var from = step.before.map(known -> keys.of(known.state()));
        var to = after.map(known -> keys.of(known.state()));
        wakeUps.move(step.before.map(this::wakeUp), after.map(this::wakeUp));
        load.changed(step.before, after);
        from.filter(key -> !to.equals(Optional.of(key))).ifPresent(tracked::delete);
        to.ifPresent(key -> tracked.put(key, after.get()));
    }

    private WakeUps.Due wakeUp(Tracked known) {
        return new WakeUps.Due(known.state().nextDueAt(), keys.of(known.state()));
    }

    private void deadLetter(Record<String, Received<?>> record, String reason) {
        var source = context.recordMetadata().orElseThrow();
        metrics.deadLetter(source.topic());
        var at = now();
        var letter = new Record<String, Object>(
                record.key(), record.value().original(), at.toEpochMilli(), record.headers());
        var origin =
                new DeadLetterHeaders.Origin(source.topic(), source.partition(), source.offset(), record.timestamp());
        DeadLetterHeaders.describe(letter.headers(), origin, reason, at);
        context.forward(letter, UniFluidTopology.DEAD_LETTER_SINK);
    }

    private void forward(String key, Object value, Instant at, String sink) {
        context.forward(new Record<>(key, value, at.toEpochMilli()), sink);
    }

    private Instant now() {
        return Instant.ofEpochMilli(context.currentSystemTimeMs());
    }

    private static Optional<String> traceparent(Headers headers) {
        return Optional.ofNullable(headers.lastHeader(RecordHeaders.TRACEPARENT))
                .filter(header -> header.value() != null && header.value().length <= LONGEST_TRACEPARENT)
                .map(header -> new String(header.value(), StandardCharsets.UTF_8));
    }

    private static String keyDiffers(String key, String requestId) {
        return "The record's key '" + key + "' is not its requestId '" + requestId
                + "': send it again with the request id as the key.";
    }

    /** What brought an event: a record, which may be a request or a worker's report, or the clock. */
    private record Origin(
            Optional<Record<String, Received<?>>> record, Optional<Arrival> arrival, Optional<Report> report) {
        static final Origin CLOCK = new Origin(Optional.empty(), Optional.empty(), Optional.empty());

        static Origin of(Record<String, Received<?>> record) {
            return new Origin(Optional.of(record), Optional.empty(), Optional.empty());
        }

        Origin with(Arrival request) {
            return new Origin(record, Optional.of(request), report);
        }

        Origin with(Report outcome) {
            return new Origin(record, arrival, Optional.of(outcome));
        }
    }

    /** What one call of {@link #advance} works on. */
    private static final class Step {
        final String requestId;
        final Optional<Tracked> before;
        final Transition transition;
        final Origin origin;
        final Instant now;
        private Instant scheduledAt;
        private Optional<OutcomeSecret> secret;

        Step(String requestId, Optional<Tracked> before, Transition transition, Origin origin, Instant now) {
            this.requestId = requestId;
            this.before = before;
            this.transition = transition;
            this.origin = origin;
            this.now = now;
            this.secret = before.flatMap(Tracked::secret);
        }

        /** For a hand-out; empty where the request was admitted before there were tokens. */
        ByteBuffer token(int attempt, SecureRandom random) {
            if (firstArrival().isPresent()) {
                secret = Optional.of(OutcomeSecret.draw(random));
            }
            return secret.map(drawn -> drawn.token(attempt)).orElseGet(() -> ByteBuffer.allocate(0));
        }

        /** The ticket of the request that counts: the first one of its id. */
        Ticket ticket() {
            return knownTicket()
                    .orElseThrow(() -> new IllegalStateException(
                            "Request '" + requestId + "' shall be acted on, but it was never received."));
        }

        private Optional<Ticket> knownTicket() {
            return before.flatMap(Tracked::ticket).or(() -> origin.arrival().map(Arrival::ticket));
        }

        /** The arrival, when it is the first of its id; a duplicate has a ticket in the store already. */
        Optional<Arrival> firstArrival() {
            return before.flatMap(Tracked::ticket).isPresent() ? Optional.empty() : origin.arrival();
        }

        Optional<Tracked> after() {
            return transition.state().map(state -> new Tracked(state, ticketFor(state), secret));
        }

        private Optional<Ticket> ticketFor(LifecycleState state) {
            return state.phase().live()
                    ? knownTicket().map(known -> scheduledAt == null ? known : known.scheduledAt(scheduledAt))
                    : Optional.empty();
        }
    }
}

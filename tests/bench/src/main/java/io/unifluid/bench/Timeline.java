package io.unifluid.bench;

import io.unifluid.schemas.Admitted;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkLane;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The way of interactive requests by the broker's logs: when each record was written, and when the transaction that it
 * was in ended. All clocks are this machine's.
 */
final class Timeline {
    /**
     * @param at when it was sent
     * @param millis until its result was in the sender's hands
     */
    record Sent(String requestId, Instant at, double millis) {}

    private enum Moment {
        APPENDED("sent -> in the intake"),
        ADMITTED("-> admitted"),
        ADMISSION_COMMITTED("-> that is committed"),
        BATCHED("-> batch closed"),
        BATCH_COMMITTED("-> that is committed"),
        STARTED("-> on the device"),
        REPORTED("-> outcome written"),
        SETTLED("-> settled"),
        RESULT_COMMITTED("-> that is committed"),
        RECEIVED("-> received");

        private final String title;

        Moment(String title) {
            this.title = title;
        }
    }

    private final LogFiles logs;
    private final AvroSerdes avro;
    private final Map<String, Map<Moment, Long>> moments = new HashMap<>();

    private Timeline(FreshStack stack) {
        logs = stack.logs();
        avro = stack.avro();
    }

    /** @return milliseconds, medians, by the part's name in the way's order */
    static Map<String, Double> read(FreshStack stack, List<Sent> sent) {
        var timeline = new Timeline(stack);
        sent.forEach(one -> timeline.moments.put(one.requestId(), new HashMap<>()));
        timeline.readIntake();
        timeline.readSchedule();
        timeline.readWork();
        timeline.readOutcomes();
        timeline.readResults();
        return timeline.stages(sent);
    }

    private void readIntake() {
        for (var entry : logs.of(Topics.REQUESTS_INTERACTIVE.name())) {
            at(text(entry.key()), Moment.APPENDED, entry.timestamp());
        }
    }

    private void readSchedule() {
        var decoder = avro.deserializer(Topics.SCHEDULE_AHEAD);
        var entries = logs.of(Topics.SCHEDULE_AHEAD.name());
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            if (!entry.marker()
                    && decoder.deserialize(Topics.SCHEDULE_AHEAD.name(), entry.value()) instanceof Admitted admitted) {
                var id = admitted.getRequest().getRequestId();
                at(id, Moment.ADMITTED, entry.timestamp());
                committed(entries, i).ifPresent(at -> at(id, Moment.ADMISSION_COMMITTED, at));
            }
        }
    }

    private void readWork() {
        var topic = Topics.work(WorkLane.UNDERSTAND_INTERACTIVE);
        var decoder = avro.deserializer(topic);
        var entries = logs.of(topic.name());
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            if (entry.marker()) {
                continue;
            }
            var committed = committed(entries, i);
            for (var item : decoder.deserialize(topic.name(), entry.value()).getItems()) {
                var id = item.getRequest().getRequestId();
                at(id, Moment.BATCHED, entry.timestamp());
                committed.ifPresent(at -> at(id, Moment.BATCH_COMMITTED, at));
            }
        }
    }

    private void readOutcomes() {
        var decoder = avro.deserializer(Topics.OUTCOMES);
        for (var entry : logs.of(Topics.OUTCOMES.name())) {
            if (!entry.marker()) {
                Outcome outcome = decoder.deserialize(Topics.OUTCOMES.name(), entry.value());
                if (outcome.getKind() == OutcomeKind.STARTED) {
                    at(outcome.getRequestId(), Moment.STARTED, outcome.getAt().toEpochMilli());
                } else {
                    at(outcome.getRequestId(), Moment.REPORTED, entry.timestamp());
                }
            }
        }
    }

    private void readResults() {
        var entries = logs.of(Topics.RESULTS.name());
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            if (!entry.marker()) {
                var id = text(entry.key());
                at(id, Moment.SETTLED, entry.timestamp());
                committed(entries, i).ifPresent(at -> at(id, Moment.RESULT_COMMITTED, at));
            }
        }
    }

    /** When the transaction ended in which an entry was written. */
    private static Optional<Long> committed(List<LogFiles.Entry> entries, int index) {
        var written = entries.get(index);
        for (int i = index + 1; i < entries.size(); i++) {
            var entry = entries.get(i);
            if (!entry.partition().equals(written.partition())) {
                return Optional.empty();
            }
            if (entry.marker() && entry.producer() == written.producer()) {
                return Optional.of(entry.timestamp());
            }
        }
        return Optional.empty();
    }

    private void at(String requestId, Moment moment, long millis) {
        var known = moments.get(requestId);
        if (known != null) {
            known.putIfAbsent(moment, millis);
        }
    }

    private Map<String, Double> stages(List<Sent> sent) {
        var stages = new LinkedHashMap<String, Double>();
        for (var moment : Moment.values()) {
            if (moment != Moment.RECEIVED && moments.values().stream().noneMatch(seen -> seen.containsKey(moment))) {
                throw new IllegalStateException("No log shows the moment '" + moment.title + "'.");
            }
            var values = new ArrayList<Double>();
            for (var one : sent) {
                double before = moment == Moment.APPENDED ? millis(one.at()) : last(one, moment);
                double now = moment == Moment.RECEIVED ? millis(one.at()) + one.millis() : last(one, next(moment));
                values.add(now - before);
            }
            stages.put((moment.ordinal() + 1) + " " + moment.title, LatencyBench.median(values));
        }
        return stages;
    }

    private static Moment next(Moment moment) {
        return Moment.values()[moment.ordinal() + 1];
    }

    /** The latest moment before this one that is known. */
    private double last(Sent one, Moment moment) {
        var known = moments.get(one.requestId());
        for (int i = moment.ordinal() - 1; i >= 0; i--) {
            var at = known.get(Moment.values()[i]);
            if (at != null) {
                return at;
            }
        }
        return millis(one.at());
    }

    private static double millis(Instant at) {
        return at.getEpochSecond() * 1e3 + at.getNano() / 1e6;
    }

    private static String text(byte[] key) {
        return key == null ? "" : new String(key, StandardCharsets.UTF_8);
    }
}

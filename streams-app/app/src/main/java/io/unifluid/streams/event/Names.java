package io.unifluid.streams.event;

import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/** What the topology's stores and sinks are called, and which topics lie at its ends; a store's name is part of its state. */
public final class Names {
    public static final String LIFECYCLE_STORE = "lifecycle-states";
    public static final String REQUEST_STORE = "unfinished-requests";
    public static final String WAITING_STORE = "waiting-for-batch";
    public static final String REUSE_STORE = "reuse";
    public static final String WORKERS_STORE = "workers";
    /** Those that have a topic of their own. */
    public static final List<String> STORES = List.of(LIFECYCLE_STORE, REQUEST_STORE, WAITING_STORE, REUSE_STORE);

    public static final String RESULTS_SINK = "results";
    public static final String STATUS_SINK = "status";
    public static final String SCHEDULE_SINK = "schedule";
    public static final String SCHEDULE_AHEAD_SINK = "schedule-ahead";
    public static final String REPLIES_SINK = "replies";
    public static final String DEAD_LETTER_SINK = "dead-letters";
    public static final String SCHEDULE_DEAD_LETTER_SINK = "schedule-dead-letters";
    public static final String OUTCOMES_SINK = "outcomes";
    public static final String REROUTED_SINK = "rerouted";
    public static final String REROUTED_AHEAD_SINK = "rerouted-ahead";

    /** All topics that are read; what was passed on came by one of them. */
    public static final List<Topic<?>> READ = List.of(
            Topics.REQUESTS_INTERACTIVE,
            Topics.REQUESTS,
            Topics.CONTROLS,
            Topics.OUTCOMES,
            Topics.SCHEDULE_AHEAD,
            Topics.SCHEDULE);

    /** All topics that are written, except reply topics and dead letters. */
    public static final List<Topic<?>> WRITTEN = Stream.<Topic<?>>concat(
                    Stream.of(Topics.RESULTS, Topics.STATUS, Topics.SCHEDULE_AHEAD, Topics.SCHEDULE, Topics.OUTCOMES),
                    Topics.lanes().stream())
            .toList();

    /** Those that others send to: what is deleted there unread is lost. */
    public static final List<String> INTAKES = List.of(
            Topics.REQUESTS_INTERACTIVE.name(), Topics.REQUESTS.name(), Topics.CONTROLS.name(), Topics.OUTCOMES.name());

    /** @param topic of {@link Topics#REROUTES} */
    public static String reroutedSink(String topic) {
        return topic.equals(Topics.REROUTED) ? REROUTED_SINK : REROUTED_AHEAD_SINK;
    }

    /** @param ahead whether it shall not wait behind bulk */
    public static String scheduleSink(boolean ahead) {
        return ahead ? SCHEDULE_AHEAD_SINK : SCHEDULE_SINK;
    }

    public static Topic<SpecificRecord> scheduleTopic(boolean ahead) {
        return ahead ? Topics.SCHEDULE_AHEAD : Topics.SCHEDULE;
    }

    public static String workSink(Lane lane) {
        return "work-" + lane.topicSuffix();
    }

    public static Topic<MicroBatch> workTopic(Lane lane) {
        return Topics.work(Lanes.work(lane));
    }

    private Names() {}
}

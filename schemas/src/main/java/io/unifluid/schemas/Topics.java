package io.unifluid.schemas;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Every topic of the system. Requests (both topics), controls, what of them is passed on, and outcomes are keyed by
 * request id and must have the same number of partitions, since one task of the topology joins them; so must both schedule
 * topics.
 */
public final class Topics {
    /** Largest record that any topic takes, in bytes; batches carry small pictures inline. */
    public static final int MAX_RECORD_BYTES = 8 * 1024 * 1024;

    /**
     * What others send: kept for a week whoever is away, by time alone, since what does not fit a size would be deleted
     * unread. The broker's own clock stamps it: with a sender's, a record from last month would be deleted at once.
     */
    private static final Map<String, String> INTAKE =
            kept(7, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");

    /**
     * The app's own way: read at once, or when the app is back. What is lost of it nevertheless is handed out again for ten
     * days before a request is given up, so that it must not lie there for less.
     */
    private static final Map<String, String> WAY = kept(14);

    /** Callers may come back for their results later than anybody sends a request. */
    private static final Map<String, String> KEPT_RESULTS = kept(30);

    /** People must have found the time to look; by the time of writing, whoever writes. */
    private static final Map<String, String> LETTERS =
            kept(30, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");

    private static final Map<String, String> COMPACTED = Map.of(
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            Integer.toString(MAX_RECORD_BYTES),
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT);

    /** Small and read whole by every reader at its start, so it is tidied up often; who is silent for a day is gone. */
    private static final Map<String, String> PRESENCE = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG,
            Long.toString(Duration.ofDays(1).toMillis()),
            TopicConfig.SEGMENT_MS_CONFIG,
            Long.toString(Duration.ofHours(1).toMillis()));

    /** Where requests come in, and are read in order. */
    public static final Topic<InferenceRequest> REQUESTS =
            new Topic<>("unifluid.requests", InferenceRequest.class, INTAKE);
    /** Where requests come in whose sender waits for the answer: read whatever lies in {@link #REQUESTS}. */
    public static final Topic<InferenceRequest> REQUESTS_INTERACTIVE =
            new Topic<>("unifluid.requests.interactive", InferenceRequest.class, INTAKE);
    /** Both ways in; the admission of a request is the same whichever it took. */
    public static final List<Topic<InferenceRequest>> INTAKES = List.of(REQUESTS_INTERACTIVE, REQUESTS);

    public static final Topic<Control> CONTROLS = new Topic<>("unifluid.controls", Control.class, INTAKE);
    /** Internal: from admission to batching, keyed by lane shard. */
    public static final Topic<SpecificRecord> SCHEDULE = schedule("unifluid.schedule");
    /** Internal: the part of the schedule that shall not wait behind bulk. */
    public static final Topic<SpecificRecord> SCHEDULE_AHEAD = schedule("unifluid.schedule.ahead");

    public static final Topic<Outcome> OUTCOMES = new Topic<>("unifluid.outcomes", Outcome.class, INTAKE);
    public static final Topic<InferenceResult> RESULTS =
            new Topic<>("unifluid.results", InferenceResult.class, KEPT_RESULTS);
    public static final Topic<RequestStatus> STATUS = new Topic<>("unifluid.status", RequestStatus.class, COMPACTED);
    /** Which workers run, and with which model; keyed by the worker's name. */
    public static final Topic<WorkerAnnouncement> WORKERS =
            new Topic<>("unifluid.workers", WorkerAnnouncement.class, PRESENCE);

    /** Who may ask at the gateway, with their keys' hashes and limits; keyed by the tenant's name. */
    public static final Topic<Tenant> TENANTS = new Topic<>("unifluid.tenants", Tenant.class, COMPACTED);
    /** What gateways have taken under idempotency keys; keyed by request id, of several the first counts. */
    public static final Topic<AcceptedRequest> ACCEPTED =
            new Topic<>("unifluid.accepted", AcceptedRequest.class, kept(7));

    /** Files that tenants keep at the gateway, keyed by {@code tenant/id}; the bytes lie in the blob store. */
    public static final Topic<StoredFile> FILES = new Topic<>("unifluid.files", StoredFile.class, COMPACTED);
    /** Batches of the gateway, keyed by id; wishes to cancel under {@code id/cancel}. */
    public static final Topic<Batch> BATCHES = new Topic<>("unifluid.batches", Batch.class, COMPACTED);

    /** Where tenants want to be told of ends, with secrets, keyed by {@code tenant/id}. */
    public static final Topic<WebhookEndpoint> WEBHOOKS =
            new Topic<>("unifluid.webhooks", WebhookEndpoint.class, COMPACTED);
    /** Messages that wait to be delivered, keyed by {@code endpoint/id}. */
    public static final Topic<WebhookMessage> WEBHOOK_MESSAGES =
            new Topic<>("unifluid.webhooks.pending", WebhookMessage.class, COMPACTED);
    /** Every attempt to deliver one, keyed by {@code tenant/endpoint}. */
    public static final Topic<WebhookDelivery> WEBHOOK_DELIVERIES =
            new Topic<>("unifluid.webhooks.deliveries", WebhookDelivery.class, kept(7));

    /** Every version of every policy, keyed by {@code tenant/policy/version}. */
    public static final Topic<ModerationPolicy> POLICIES =
            new Topic<>("unifluid.policies", ModerationPolicy.class, COMPACTED);
    /** Hash lists, keyed by {@code tenant/list/kind/hash}. */
    public static final Topic<HashListEntry> HASHES =
            new Topic<>("unifluid.moderation.hashes", HashListEntry.class, COMPACTED);
    /** Pictures to be judged, keyed by submission id. */
    public static final Topic<Submission> SUBMISSIONS =
            new Topic<>("unifluid.moderation.submissions", Submission.class, INTAKE);
    /** What people do about verdicts, keyed by submission id. */
    public static final Topic<CaseDecision> DECISIONS =
            new Topic<>("unifluid.moderation.decisions", CaseDecision.class, INTAKE);

    /** One for each submission. Long, since a replay reads no further back. */
    public static final Topic<Verdict> VERDICTS = new Topic<>("unifluid.moderation.verdicts", Verdict.class, kept(90));
    /** Of the verdicts those that block, and those that people must see. */
    public static final Topic<Verdict> FLAGGED = new Topic<>("unifluid.flagged", Verdict.class, kept(90));
    /** What became of each decision. */
    public static final Topic<Ruling> RULINGS = new Topic<>("unifluid.moderation.rulings", Ruling.class, kept(90));

    /** All Avro topics of moderation, which a system without it does not need. */
    public static final List<Topic<?>> MODERATION =
            List.of(POLICIES, HASHES, SUBMISSIONS, DECISIONS, VERDICTS, FLAGGED, RULINGS);

    /**
     * Internal: submissions, decisions and answers as they came, on the partition of their submission id, with
     * {@link RecordHeaders#REROUTED_FROM}.
     */
    public static final String CASES = "unifluid.moderation.cases";

    /**
     * Internal: requests that lay on another partition than the one of their id, passed on once; bytes, key and headers as
     * they came, and {@link RecordHeaders#REROUTED_FROM}.
     */
    public static final String REROUTED = "unifluid.intake.rerouted";
    /** Internal: likewise the requests and controls that shall not wait behind bulk. */
    public static final String REROUTED_AHEAD = "unifluid.intake.rerouted.ahead";

    /** Records that could not be decoded: original key, value and headers, with the reason in added headers. */
    public static final String DEAD_LETTERS = "unifluid.dead-letters";

    /**
     * Which dead letters were sent to their topic again: compacted, keyed by where the letter came from. Created and
     * read by the redrive alone.
     */
    public static final String REDRIVES = "unifluid.redrives";

    /**
     * How the topic ends in which the streams app keeps the bytes of every unfinished request, keyed by request id; it
     * begins with the app's application id.
     */
    public static final String UNFINISHED_REQUESTS_SUFFIX = "-unfinished-requests-changelog";

    /** Lane names in the order in which a worker serves them. */
    public static final List<String> LANES =
            WorkLane.RANKED.stream().map(WorkLane::laneName).toList();

    /** The work topic of a lane; read by share groups. */
    public static Topic<MicroBatch> work(WorkLane lane) {
        return new Topic<>("unifluid.work." + lane.laneName(), MicroBatch.class, WAY);
    }

    /** @throws IllegalArgumentException naming the lanes, when there is none of this name */
    public static Topic<MicroBatch> work(String lane) {
        return work(WorkLane.named(lane));
    }

    /** The work topics of all lanes, in the lanes' order. */
    public static List<Topic<MicroBatch>> lanes() {
        return WorkLane.RANKED.stream().map(Topics::work).toList();
    }

    /** Where a request of this priority should be sent. */
    public static Topic<InferenceRequest> intake(Priority priority) {
        return priority == Priority.INTERACTIVE ? REQUESTS_INTERACTIVE : REQUESTS;
    }

    /** Whether requests come in by the topic of this name. */
    public static boolean isIntake(String name) {
        return INTAKES.stream().anyMatch(topic -> topic.name().equals(name));
    }

    /** Both topics of what was passed on. */
    public static final List<String> REROUTES = List.of(REROUTED_AHEAD, REROUTED);

    /** By which topic a record of a topic that is keyed by request id is passed on. */
    public static String rerouted(String from) {
        return from.equals(REQUESTS.name()) ? REROUTED : REROUTED_AHEAD;
    }

    /** Topics that hold records of others as they came, with their settings. */
    public static Map<String, Map<String, String>> ofOthersRecords() {
        return Map.of(REROUTED, WAY, REROUTED_AHEAD, WAY, CASES, WAY, DEAD_LETTERS, LETTERS);
    }

    /** All Avro topics, for bootstrap and for the compatibility test. */
    public static List<Topic<?>> all() {
        return Stream.of(
                        Stream.of(
                                REQUESTS,
                                REQUESTS_INTERACTIVE,
                                CONTROLS,
                                SCHEDULE,
                                SCHEDULE_AHEAD,
                                OUTCOMES,
                                RESULTS,
                                STATUS,
                                WORKERS,
                                TENANTS,
                                FILES,
                                BATCHES,
                                WEBHOOKS,
                                WEBHOOK_MESSAGES,
                                WEBHOOK_DELIVERIES,
                                ACCEPTED),
                        lanes().stream(),
                        MODERATION.stream())
                .<Topic<?>>flatMap(topics -> topics)
                .toList();
    }

    /** Carries what begins an attempt and what ends it, in one order. */
    private static Topic<SpecificRecord> schedule(String name) {
        return new Topic<>(name, Admitted.class, List.of(AttemptEnded.class), WAY);
    }

    private static Map<String, String> kept(int days, String... more) {
        var config = new HashMap<String, String>();
        config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_RECORD_BYTES));
        config.put(
                TopicConfig.RETENTION_MS_CONFIG,
                Long.toString(Duration.ofDays(days).toMillis()));
        config.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return Map.copyOf(config);
    }

    private Topics() {}
}

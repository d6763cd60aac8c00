package io.unifluid.streams.config;

import io.unifluid.scheduling.admission.AdmissionLimits;
import io.unifluid.scheduling.admission.ValidationLimits;
import io.unifluid.scheduling.batching.BatchSettings;
import io.unifluid.scheduling.batching.InFlightWindow;
import io.unifluid.scheduling.lifecycle.LifecycleSettings;
import io.unifluid.scheduling.reuse.ReuseSettings;
import io.unifluid.scheduling.task.CostModel;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.scheduling.task.WorkProfile;
import io.unifluid.schemas.access.Diagnosis;
import io.unifluid.service.config.Refusals;
import io.unifluid.streams.event.Shards;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/**
 * All that the app can be told; validated once, at the start. application.yml lists the names and the defaults.
 *
 * @param bootstrapServers Kafka's addresses
 * @param registry settings of the schema registry's client, at least {@code schema.registry.url}
 * @param applicationId name of the consumer group and prefix of internal topics and transactions
 * @param stateDir folder of the stores; rebuilt from Kafka when it is lost
 * @param threads stream threads
 * @param standbys copies of each store that other instances keep up to date, see KIP-441
 * @param commitInterval how long a transaction lasts at most; a request passes through three of them
 * @param promptCommitInterval least time between transactions that end early, since somebody waits for what is in them
 * @param shardsPerLane keys over which the buckets of a lane are spread
 * @param status which changes go to the status topic
 * @param wakeUpInterval how often due deadlines, retries and retentions are looked up
 * @param batchingInterval how often waiting batches are looked at
 * @param watchInterval how often the topics and the schema registry are looked at
 * @param maxUnfinished requests at which new ones are left unread in their topics; empty for as many as there is memory for
 * @param batches when a batch is full, per lane
 * @param windows how much may be outstanding, per lane
 * @param tenantWeights share of a tenant against the others; 1 for who is not named
 * @param reuse when requests with the same content share a computation
 * @param httpPort port of health and metrics on {@code httpHost}; 0 for none
 * @param kafka settings that are passed to Kafka as they are; they win over the app's own choices
 */
public record StreamsSettings(
        String bootstrapServers,
        Map<String, String> registry,
        String applicationId,
        Path stateDir,
        int threads,
        int standbys,
        Duration commitInterval,
        Duration promptCommitInterval,
        int shardsPerLane,
        StatusPublishing status,
        AbsentModel absentModel,
        Duration wakeUpInterval,
        Duration batchingInterval,
        Duration watchInterval,
        OptionalInt maxUnfinished,
        ValidationLimits validation,
        AdmissionLimits admission,
        LifecycleSettings lifecycle,
        CostModel costs,
        Map<Lane, BatchSettings> batches,
        Map<Lane, InFlightWindow> windows,
        Map<String, Double> tenantWeights,
        ReuseSettings reuse,
        String httpHost,
        int httpPort,
        Map<String, String> kafka) {

    public StreamsSettings {
        registry = Map.copyOf(registry);
        batches = Map.copyOf(batches);
        windows = Map.copyOf(windows);
        tenantWeights = Map.copyOf(tenantWeights);
        kafka = Map.copyOf(kafka);
    }

    /**
     * Reads settings by their names, as application.yml lists them, for example {@code bootstrap-servers}.
     *
     * @throws IllegalArgumentException one sentence that names the setting that is missing, unknown or wrong
     */
    public static StreamsSettings of(Map<String, String> values) {
        try (var context = StreamsContext.of(values).start()) {
            return context.getBean(StreamsSettings.class);
        } catch (RuntimeException e) {
            throw Refusals.unwrapped(e, IllegalArgumentException.class, IllegalStateException.class);
        }
    }

    /** The topic from which Kafka Streams rebuilds a store. */
    public String changelog(String store) {
        return applicationId + "-" + store + "-changelog";
    }

    /** Says why Kafka does not serve the app. */
    public Diagnosis diagnosis() {
        return new Diagnosis(bootstrapServers, kafka, "kafka.");
    }

    /** No values of what is passed through: among them are passwords. */
    @Override
    public String toString() {
        return "StreamsSettings[" + applicationId + " on " + bootstrapServers + ", registry " + registry.keySet()
                + ", kafka " + kafka.keySet() + "]";
    }

    public String shard(WorkProfile profile) {
        return Shards.key(profile, shardsPerLane);
    }
}

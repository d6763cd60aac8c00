package io.unifluid.worker.config;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.image.DecodeLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The worker's settings as YAML and environment give them, for example {@code UNIFLUID_WORKER_MODEL}; see
 * {@link WorkerSettings} for what they mean.
 */
@ConfigurationProperties(WorkerConfiguration.PREFIX)
record WorkerConfiguration(
        @Nullable String name,
        @Bindable(defaultValue = "localhost:9092") String bootstrapServers,

        @Bindable(defaultValue = "http://localhost:8081/apis/ccompat/v7")
        String registryUrl,

        @Nullable String model,
        @Bindable(defaultValue = "AUTO") DeviceChoice device,
        @Bindable(defaultValue = "0") int intraOpThreads,
        @Bindable(defaultValue = "1") int interOpThreads,
        @Bindable(defaultValue = "true") boolean warmUp,
        @Bindable(defaultValue = "10m") Duration stuckAfter,
        @Nullable List<String> lanes,
        @Bindable(defaultValue = "2") int readersPerLane,
        @Bindable(defaultValue = "2") int batchesPerPoll,
        @Bindable(defaultValue = "3") int preparedBatches,
        @Bindable(defaultValue = "true") boolean publishStarted,
        @Bindable(defaultValue = "30s") Duration drain,
        @Bindable(defaultValue = "30s") Duration lock,
        @Bindable(defaultValue = "60s") Duration startTimeout,
        @Nullable String blobStore,
        @Bindable(defaultValue = "262144") int inlineLimit,
        @Bindable(defaultValue = "64") int parallelFetches,
        @Bindable(defaultValue = "40000000") long maxPixels,
        @Bindable(defaultValue = "5s") Duration decodeTimeout,
        @Bindable(defaultValue = WorkerSettings.LOOPBACK) String httpHost,
        @Bindable(defaultValue = "9404") int httpPort) {
    static final String PREFIX = "unifluid.worker";

    /** @throws IllegalArgumentException with one sentence that names the setting */
    WorkerSettings settings(
            FetchConfiguration fetch,
            Map<String, String> kafka,
            Map<String, String> registry,
            Map<String, String> group) {
        if (model == null || blobStore == null) {
            throw new IllegalArgumentException(
                    model == null
                            ? "model is not set; set UNIFLUID_WORKER_MODEL to the folder of a bundle, or to noop."
                            : "blob-store is not set; set UNIFLUID_WORKER_BLOB_STORE to a folder or to s3://bucket/prefix.");
        }
        WorkerSettings defaults = WorkerSettings.of(bootstrapServers, registryUrl, model, blobStore);
        return new WorkerSettings(
                name == null ? defaults.worker() : name,
                new KafkaSettings(bootstrapServers, registryUrl, kafka, registry, group, lock, startTimeout),
                new ModelSettings(model, new ModelOptions(device, intraOpThreads, interOpThreads), warmUp, stuckAfter),
                new FlowSettings(
                        lanes == null || lanes.isEmpty() ? defaults.flow().lanes() : lanes,
                        readersPerLane,
                        batchesPerPoll,
                        preparedBatches,
                        publishStarted,
                        drain),
                new PictureSettings(
                        blobStore,
                        inlineLimit,
                        fetch.settings(),
                        FetchConfiguration.given(fetch.buckets()),
                        new DecodeLimits(maxPixels, (int) Math.min(fetch.maxBytes(), Integer.MAX_VALUE), decodeTimeout),
                        parallelFetches),
                httpHost,
                httpPort);
    }
}

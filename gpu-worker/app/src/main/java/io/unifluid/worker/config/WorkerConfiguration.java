package io.unifluid.worker.config;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.unifluid.blobs.fetch.FetchSettings;
import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Precision;
import io.unifluid.inference.TextLoop;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.library.ModelLibrary;
import io.unifluid.service.config.AboveZero;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every setting of a worker as {@code application.yml} lists it, with its default and what it may be; {@link WorkerSettings}
 * says what they mean to the code. What is blank counts as not given.
 */
final class WorkerConfiguration {
    static final String WORKER = "unifluid.worker";
    static final String FETCH = "unifluid.fetch";

    /** By the name that stands before theirs. */
    static final Map<String, List<Class<? extends Record>>> GROUPS = Map.of(
            WORKER,
            List.of(Process.class, Cluster.class, Model.class, Flow.class, Pictures.class),
            FETCH,
            List.of(Fetch.class));

    private WorkerConfiguration() {}

    @ConfigurationProperties(WORKER)
    record Process(
            @Nullable String name,

            @NotBlank(message = "give " + WorkerSettings.LOOPBACK + ", or 0.0.0.0 for every address of this machine")
            @Bindable(defaultValue = WorkerSettings.LOOPBACK)
            String httpHost,

            @Min(0) @Max(65535) @Bindable(defaultValue = "9404")
            int httpPort) {
        String worker() {
            return name == null || name.isBlank() ? WorkerSettings.nameOfThisProcess() : name.strip();
        }
    }

    @ConfigurationProperties(WORKER)
    record Cluster(
            @NotBlank(message = "give the brokers as host:port") @Bindable(defaultValue = "localhost:9092")
            String bootstrapServers,

            @NotBlank(message = "give the Schema Registry's address")
            @Bindable(defaultValue = "http://localhost:8081/apis/ccompat/v7")
            String registryUrl,

            @AboveZero @Bindable(defaultValue = "30s") Duration lock,
            @AboveZero @Bindable(defaultValue = "60s") Duration startTimeout) {
        KafkaSettings settings(Map<String, String> kafka, Map<String, String> registry, Map<String, String> group) {
            return new KafkaSettings(
                    bootstrapServers.strip(), registryUrl.strip(), kafka, registry, group, lock, startTimeout);
        }
    }

    @ConfigurationProperties(WORKER)
    record Model(
            @NotBlank(
                    message = "set UNIFLUID_WORKER_MODEL to the folder of a bundle, to a name below models, or to noop")
            @Bindable(defaultValue = "")
            String model,

            @Bindable(defaultValue = "") String models,
            @Bindable(defaultValue = "AUTO") DeviceChoice device,
            @Min(0) @Max(1024) @Bindable(defaultValue = "0") int callers,
            @Min(0) @Max(1024) @Bindable(defaultValue = "0") int intraOpThreads,
            @Min(1) @Max(1024) @Bindable(defaultValue = "1") int interOpThreads,
            @Bindable(defaultValue = "AUTO") Precision precision,
            @Bindable(defaultValue = "AUTO") TextLoop textLoop,
            @Bindable(defaultValue = "true") boolean warmUp,
            @AboveZero @Bindable(defaultValue = "10m") Duration stuckAfter) {
        ModelSettings settings() {
            return new ModelSettings(
                    location(),
                    new ModelOptions(device, callers, intraOpThreads, interOpThreads, precision, textLoop),
                    warmUp,
                    stuckAfter);
        }

        private String location() {
            return models.isBlank()
                    ? model.strip()
                    : new ModelLibrary(Path.of(models.strip()), Optional.empty()).resolve(model.strip());
        }
    }

    @ConfigurationProperties(WORKER)
    record Flow(
            @Nullable List<String> lanes,
            @Min(1) @Max(16) @Bindable(defaultValue = "2") int readersPerLane,
            @Min(1) @Max(100) @Bindable(defaultValue = "2") int batchesPerPoll,
            @Min(1) @Max(100) @Bindable(defaultValue = "3") int preparedBatches,
            @Bindable(defaultValue = "true") boolean publishStarted,
            @AboveZero @Bindable(defaultValue = "30s") Duration drain,
            @Bindable(defaultValue = "") String group) {
        FlowSettings settings() {
            List<String> given = given(lanes);
            return new FlowSettings(
                    given.isEmpty() ? FlowSettings.defaults().lanes() : given,
                    readersPerLane,
                    batchesPerPoll,
                    preparedBatches,
                    publishStarted,
                    drain,
                    group.strip());
        }
    }

    @ConfigurationProperties(WORKER)
    record Pictures(
            @NotBlank(message = "set UNIFLUID_WORKER_BLOB_STORE to a folder or to s3://bucket/prefix")
            @Bindable(defaultValue = "")
            String blobStore,

            @Min(0) @Max(1 << 20) @Bindable(defaultValue = "262144")
            int inlineLimit,

            @Min(1) @Max(1024) @Bindable(defaultValue = "64")
            int parallelFetches,

            @Min(1) @Bindable(defaultValue = "40000000") long maxPixels,
            @AboveZero @Bindable(defaultValue = "5s") Duration decodeTimeout) {
        PictureSettings settings(Fetch fetch) {
            return new PictureSettings(
                    blobStore.strip(),
                    inlineLimit,
                    fetch.settings(),
                    given(fetch.buckets()),
                    new DecodeLimits(maxPixels, (int) Math.min(fetch.maxBytes(), Integer.MAX_VALUE), decodeTimeout),
                    parallelFetches);
        }
    }

    @ConfigurationProperties(FETCH)
    record Fetch(
            @Nullable List<String> roots,
            @Nullable List<String> hosts,
            @Nullable List<String> buckets,
            @Bindable(defaultValue = "20971520") long maxBytes,
            @Bindable(defaultValue = "10s") Duration timeout) {
        /** @throws IllegalArgumentException with one sentence: what it makes knows its own bounds */
        FetchSettings settings() {
            return new FetchSettings(
                    given(roots).stream().map(Path::of).toList(), Set.copyOf(given(hosts)), false, maxBytes, timeout);
        }
    }

    private static List<String> given(@Nullable List<String> values) {
        return values == null
                ? List.of()
                : values.stream()
                        .map(String::strip)
                        .filter(value -> !value.isEmpty())
                        .toList();
    }
}

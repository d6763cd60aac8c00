package io.unifluid.streams.config;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.unifluid.scheduling.admission.AdmissionLimits;
import io.unifluid.scheduling.admission.ValidationLimits;
import io.unifluid.scheduling.lifecycle.LifecycleSettings;
import io.unifluid.scheduling.lifecycle.RetryPolicy;
import io.unifluid.scheduling.reuse.ReuseSettings;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * The settings as files, variables and arguments give them; {@code application.yml} says what each of them means. What may
 * be null has its default elsewhere: in the core, which knows what is sound, or in another setting.
 */
@Introspected
@ConfigurationProperties(StreamsConfiguration.PREFIX)
public record StreamsConfiguration(
        @Nullable @NotBlank(message = "is missing: give Kafka's address, for example localhost:9092.")
        String bootstrapServers,

        @Nullable
        @NotBlank(message = "is missing: give the schema registry's address, for example http://localhost:8081.")
        String registryUrl,

        @Bindable(defaultValue = "unifluid-streams") String applicationId,
        @Bindable(defaultValue = "data/streams-state") String stateDir,
        @Nullable @Within(least = "1", most = "64") Integer threads,

        @Bindable(defaultValue = "0") @Within(least = "0", most = "5")
        int standbys,

        @Bindable(defaultValue = "100ms") @Within(least = "1ms", most = "10s")
        Duration commitInterval,

        @Bindable(defaultValue = "5ms") @Within(least = "0s", most = "10s")
        Duration promptCommitInterval,

        @Bindable(defaultValue = "200ms") @Within(least = "1ms", most = "1m")
        Duration wakeUpInterval,

        @Bindable(defaultValue = "10ms") @Within(least = "1ms", most = "10s")
        Duration batchingInterval,

        @Bindable(defaultValue = "10s") @Within(least = "100ms", most = "1h")
        Duration watchInterval,

        @Bindable(defaultValue = "1") @Within(least = "1", most = "1000")
        int shardsPerLane,

        @Bindable(defaultValue = "brief") StatusPublishing status,
        @Bindable(defaultValue = "reject") AbsentModel absentModel,
        @Nullable List<String> replyTopics,
        @Nullable @Within(least = "0", most = "4194304") Integer maxInlineBytes,

        @Bindable(defaultValue = "0") @Within(least = "0", most = "2147483647")
        int maxInFlightPerTenant,

        @Nullable @Within(least = "1", most = "100000000") Integer maxUnfinished,
        @Nullable Double maxCost,
        @Nullable @Within(least = "1ms", most = "3650d") Duration stuckAfter,
        @Nullable @Within(least = "1ms", most = "3650d") Duration lostAfter,
        @Nullable @Within(least = "0", most = "20") Integer maxLostDispatches,
        @Nullable @Within(least = "1ms", most = "3650d") Duration cancelWindow,
        @Nullable @Within(least = "1ms", most = "3650d") Duration retention,
        Retry retry,
        Reuse reuse,
        @Bindable(defaultValue = "127.0.0.1") String httpHost,

        @Bindable(defaultValue = "0") @Within(least = "0", most = "65535")
        int httpPort) {

    /** Before every name in files. */
    public static final String PREFIX = "unifluid.streams";

    /** When what failed is tried again. */
    @Introspected
    @ConfigurationProperties("retry")
    public record Retry(
            @Nullable @Within(least = "1", most = "100") Integer maxAttempts,
            @Nullable @Within(least = "0", most = "100") Integer isolatedRetries,
            @Nullable @Within(least = "1ms", most = "3650d") Duration firstDelay,
            @Nullable Double factor,
            @Nullable @Within(least = "1ms", most = "3650d") Duration maxDelay,
            @Nullable Double jitter) {

        RetryPolicy policy() {
            var defaults = RetryPolicy.defaults();
            return new RetryPolicy(
                    or(maxAttempts, defaults.maxAttempts()),
                    or(isolatedRetries, defaults.isolatedRetries()),
                    or(firstDelay, defaults.firstDelay()),
                    or(factor, defaults.factor()),
                    or(maxDelay, defaults.maxDelay()),
                    or(jitter, defaults.jitter()));
        }
    }

    /** When requests with the same content share a computation. */
    @Introspected
    @ConfigurationProperties("reuse")
    public record Reuse(
            @Nullable Boolean enabled,
            @Nullable @Within(least = "1ms", most = "3650d") Duration retention,
            @Nullable @Within(least = "0", most = "65536") Integer maxMegabytes,
            @Nullable @Within(least = "0", most = "4194304") Integer maxEntryBytes,
            @Nullable Boolean acrossTenants,
            @Nullable String generation) {
        private static final long MEGABYTE = 1024L * 1024;

        ReuseSettings settings() {
            var defaults = ReuseSettings.defaults();
            return new ReuseSettings(
                    or(enabled, defaults.enabled()),
                    or(retention, defaults.retention()),
                    maxMegabytes == null ? defaults.maxBytes() : maxMegabytes * MEGABYTE,
                    maxEntryBytes == null ? defaults.maxEntryBytes() : maxEntryBytes,
                    or(acrossTenants, defaults.acrossTenants()),
                    or(generation, defaults.generation()));
        }
    }

    int streamThreads() {
        return or(threads, Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4));
    }

    OptionalInt unfinished() {
        return maxUnfinished == null ? OptionalInt.empty() : OptionalInt.of(maxUnfinished);
    }

    ValidationLimits validation() {
        var defaults = ValidationLimits.defaults();
        var topics = or(replyTopics, List.<String>of()).stream()
                .map(String::strip)
                .filter(topic -> !topic.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        return defaults.withReplyTopics(topics)
                .withMaxInlineBytes(maxInlineBytes == null ? defaults.maxInlineBytes() : maxInlineBytes);
    }

    AdmissionLimits admission() {
        return Sentences.named(
                "max-cost",
                () -> new AdmissionLimits(
                        maxInFlightPerTenant == 0 ? OptionalInt.empty() : OptionalInt.of(maxInFlightPerTenant),
                        or(maxCost, AdmissionLimits.defaults().maxCost())));
    }

    LifecycleSettings lifecycle() {
        var defaults = LifecycleSettings.defaults();
        return Sentences.named(
                "lifecycle",
                () -> new LifecycleSettings(
                        or(stuckAfter, defaults.stuckAfter()),
                        or(lostAfter, defaults.lostAfter()),
                        or(maxLostDispatches, defaults.maxLostDispatches()),
                        or(cancelWindow, defaults.cancelWindow()),
                        or(retention, defaults.retention()),
                        retry.policy()));
    }

    private static <V> V or(@Nullable V given, V otherwise) {
        return given == null ? otherwise : given;
    }
}

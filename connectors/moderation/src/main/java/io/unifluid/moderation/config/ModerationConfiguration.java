package io.unifluid.moderation.config;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.unifluid.moderation.policy.Decision;
import io.unifluid.service.config.AboveZero;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;

/** Every setting as {@code application.yml} lists it, with its default and what it may be. What is blank counts as not given. */
@ConfigurationProperties(ModerationConfiguration.PREFIX)
record ModerationConfiguration(
        @NotBlank(message = "give Kafka's address, for example localhost:9092") @Bindable(defaultValue = "")
        String bootstrapServers,

        @NotBlank(message = "give the schema registry's address, for example http://localhost:8081")
        @Bindable(defaultValue = "")
        String registryUrl,

        @NotBlank(message = "give the name of the consumer group") @Bindable(defaultValue = "unifluid-moderation")
        String applicationId,

        @NotBlank(message = "give a folder that can be written") @Bindable(defaultValue = "data/moderation-state")
        String stateDir,

        @Min(1) @Max(64) @Bindable(defaultValue = "1") int threads,
        @AboveZero @Bindable(defaultValue = "300ms") Duration commitInterval,
        @AboveZero @Bindable(defaultValue = "500ms") Duration wakeUpInterval,
        @AboveZero @Bindable(defaultValue = "1h") Duration answerWithin,
        @AboveZero @Bindable(defaultValue = "30s") Duration deadlineReserve,
        @AboveZero @Bindable(defaultValue = "90d") Duration retention,
        @Bindable(defaultValue = "REVIEW") Decision withoutPolicy,
        @Nullable String blobStore,

        @NotBlank(message = "give 127.0.0.1, or 0.0.0.0 for every address of this machine")
        @Bindable(defaultValue = "127.0.0.1")
        String httpHost,

        @Min(0) @Max(65535) @Bindable(defaultValue = "0") int httpPort) {
    static final String PREFIX = "unifluid.moderation";
}

package io.unifluid.gateway.config;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.unifluid.operations.tenants.TenantLimits;
import io.unifluid.service.config.AboveZero;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Every setting of the gateway as {@code application.yml} lists it, with its default and what it may be;
 * {@link GatewaySettings} says what they mean to the code.
 */
final class GatewayConfiguration {
    static final String PREFIX = "unifluid.gateway";

    static final List<Class<? extends Record>> GROUPS =
            List.of(Door.class, Cluster.class, Limits.class, Links.class, View.class);

    private GatewayConfiguration() {}

    @ConfigurationProperties(PREFIX)
    record Door(
            @NotBlank(message = "give 127.0.0.1, or 0.0.0.0 for every address of this machine")
            @Bindable(defaultValue = GatewaySettings.LOOPBACK)
            String httpHost,

            @Min(0) @Max(65535) @Bindable(defaultValue = "8070")
            int httpPort,

            @Bindable(defaultValue = "") String localTenant,

            @Min(1024) @Max(1 << 30) @Bindable(defaultValue = "33554432")
            int maxBody,

            @Min(1024) @Max(1 << 20) @Bindable(defaultValue = "16384")
            int maxHeader,

            @AboveZero @Bindable(defaultValue = "2m") Duration longestWait,
            @AboveZero @Bindable(defaultValue = "5m") Duration idleTimeout) {}

    @ConfigurationProperties(PREFIX)
    record Cluster(
            @NotBlank(message = "give the brokers as host:port") @Bindable(defaultValue = "localhost:9092")
            String bootstrapServers,

            @NotBlank(message = "give the Schema Registry's address")
            @Bindable(defaultValue = "http://localhost:8081/apis/ccompat/v7")
            String registryUrl,

            @NotBlank(message = "set UNIFLUID_GATEWAY_BLOB_STORE to the workers' own: a folder or s3://bucket/prefix")
            @Bindable(defaultValue = "")
            String blobStore) {}

    @ConfigurationProperties(PREFIX)
    record Links(
            @Bindable(defaultValue = "") String linkSecret,
            @AboveZero @Bindable(defaultValue = "1h") Duration linkValidity) {
        LinkSettings settings() {
            return new LinkSettings(Optional.of(linkSecret.strip()).filter(secret -> !secret.isEmpty()), linkValidity);
        }
    }

    @ConfigurationProperties(PREFIX)
    record View(
            @NotBlank(message = "give a name that begins its group's") @Bindable(defaultValue = "unifluid-gateway")
            String applicationId,

            @NotBlank(message = "give a folder of its own") @Bindable(defaultValue = "data/gateway-state")
            String stateDir,

            @AboveZero @Bindable(defaultValue = "72h") Duration requestsKept,

            @Min(1 << 20) @Bindable(defaultValue = "4294967296")
            long requestsKeptBytes) {
        ViewSettings settings() {
            return new ViewSettings(applicationId.strip(), Path.of(stateDir.strip()), requestsKept, requestsKeptBytes);
        }
    }

    @ConfigurationProperties(PREFIX)
    record Limits(
            @Min(1) @Bindable(defaultValue = "6000") int requestsPerMinute,
            @Min(1) @Bindable(defaultValue = "2147483648") long bytesPerMinute,
            @Min(1) @Bindable(defaultValue = "1000") int underWay) {
        TenantLimits limits() {
            return new TenantLimits(requestsPerMinute, bytesPerMinute, underWay);
        }
    }
}

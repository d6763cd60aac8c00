package io.unifluid.gateway.config;

import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.env.Environment;
import io.unifluid.client.Cluster;
import io.unifluid.service.config.AppSettings;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/** Makes of what was configured what the gateway works with; see {@link AppSettings} for how it is read. */
@Factory
final class SettingsReader {
    private static final String KAFKA = "kafka";
    private static final String REGISTRY = "registry";

    static final AppSettings SETTINGS = AppSettings.of("gateway", PassedThrough.KAFKA)
            .with(GatewayConfiguration.PREFIX, GatewayConfiguration.GROUPS, List.of(KAFKA, REGISTRY));

    @Singleton
    GatewaySettings settings(Environment environment, BeanContext beans) {
        var client = new HashMap<>(SETTINGS.passedThrough(environment, KAFKA));
        PassedThrough.KAFKA.check(KAFKA + ".", client);
        SETTINGS.passedThrough(environment, REGISTRY)
                .forEach((name, value) -> client.put(REGISTRY + "." + name, value));
        SETTINGS.check(environment);
        var door = beans.getBean(GatewayConfiguration.Door.class);
        var cluster = beans.getBean(GatewayConfiguration.Cluster.class);
        return new GatewaySettings(
                door.httpHost().strip(),
                door.httpPort(),
                new Cluster(
                        cluster.bootstrapServers().strip(),
                        cluster.registryUrl().strip(),
                        client,
                        Optional.of(cluster.blobStore().strip())),
                Optional.of(door.localTenant().strip()).filter(tenant -> !tenant.isEmpty()),
                beans.getBean(GatewayConfiguration.Limits.class).limits(),
                beans.getBean(GatewayConfiguration.Links.class).settings(),
                beans.getBean(GatewayConfiguration.View.class).settings(),
                door.maxBody(),
                door.longestWait());
    }
}

package io.unifluid.cli;

import io.unifluid.operations.tenants.TenantRegister;
import io.unifluid.schemas.Tenant;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the tenants. */
@Command(
        name = "list",
        description = "List the tenants with their keys' names and their limits.",
        mixinStandardHelpOptions = true)
final class ListTenantsCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--json", description = "print one JSON object per line")
    private boolean json;

    @Override
    public Integer call() {
        var screen = Screen.standard();
        var tenants = new TenantRegister(cluster.cluster()).all().values();
        tenants.forEach(tenant -> screen.result(json ? json(tenant) : text(tenant)));
        if (tenants.isEmpty() && !json) {
            screen.note("There is no tenant yet: './unifluid tenants add NAME' makes one.");
        }
        return ExitCode.OK;
    }

    private static String text(Tenant tenant) {
        return tenant.getTenant() + "  keys "
                + tenant.getKeys().stream()
                        .map(key -> key.getId() + " (" + key.getCreatedAt() + ")")
                        .collect(Collectors.joining(", "))
                + "  requests/min " + shown(tenant.getRequestsPerMinute()) + "  bytes/min "
                + shown(tenant.getBytesPerMinute()) + "  under way " + shown(tenant.getUnderWay());
    }

    private static String shown(long limit) {
        return limit == 0 ? "as the gateway" : Long.toString(limit);
    }

    private static String json(Tenant tenant) {
        var node = JsonLines.object()
                .put("tenant", tenant.getTenant())
                .put("requestsPerMinute", tenant.getRequestsPerMinute())
                .put("bytesPerMinute", tenant.getBytesPerMinute())
                .put("underWay", tenant.getUnderWay());
        var keys = node.putArray("keys");
        tenant.getKeys()
                .forEach(key -> keys.addObject()
                        .put("id", key.getId())
                        .put("createdAt", key.getCreatedAt().toString()));
        return JsonLines.line(node);
    }
}

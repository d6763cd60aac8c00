package io.unifluid.cli;

import io.unifluid.operations.tenants.TenantRegister;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes keys away. */
@Command(
        name = "revoke",
        description = "Take a key, or all of them, from a tenant; the gateway knows within a second.",
        mixinStandardHelpOptions = true)
final class RevokeTenantCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster;

    @Parameters(index = "0", paramLabel = "TENANT", description = "as 'list' shows it")
    private String tenant;

    @Option(names = "--key", paramLabel = "ID", description = "this key alone (default: all, and the tenant with them)")
    private String key;

    @Override
    public Integer call() {
        var register = new TenantRegister(cluster.cluster());
        if (key == null) {
            register.revoke(tenant);
        } else {
            register.revoke(tenant, key);
        }
        Screen.standard().result("revoked " + (key == null ? "all keys" : "key " + key) + " of " + tenant);
        return ExitCode.OK;
    }
}

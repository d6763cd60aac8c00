package io.unifluid.cli;

import io.unifluid.operations.tenants.TenantLimits;
import io.unifluid.operations.tenants.TenantRegister;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a key. */
@Command(
        name = "add",
        description = {
            "Make a key for a tenant and show it, this once; only its hash is kept.",
            "A tenant may have several: make the new one, change to it, and revoke the old one."
        },
        mixinStandardHelpOptions = true)
final class AddTenantCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster;

    @Parameters(index = "0", paramLabel = "TENANT", description = "as requests will name it")
    private String tenant;

    @Option(names = "--requests-per-minute", paramLabel = "N", description = "0 takes the gateway's setting")
    private Integer requestsPerMinute;

    @Option(names = "--bytes-per-minute", paramLabel = "N", description = "of request bodies; 0 as above")
    private Long bytesPerMinute;

    @Option(names = "--under-way", paramLabel = "N", description = "requests without a result at once; 0 as above")
    private Integer underWay;

    @Override
    public Integer call() {
        var made = new TenantRegister(cluster.cluster()).add(tenant, limits());
        var screen = Screen.standard();
        screen.result(made.key());
        screen.note("Key " + made.id() + " of " + tenant + "; it is not shown again.");
        return ExitCode.OK;
    }

    private Optional<TenantLimits> limits() {
        return requestsPerMinute == null && bytesPerMinute == null && underWay == null
                ? Optional.empty()
                : Optional.of(new TenantLimits(
                        requestsPerMinute == null ? 0 : requestsPerMinute,
                        bytesPerMinute == null ? 0 : bytesPerMinute,
                        underWay == null ? 0 : underWay));
    }
}

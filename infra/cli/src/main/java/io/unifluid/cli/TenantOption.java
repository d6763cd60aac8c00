package io.unifluid.cli;

import picocli.CommandLine.Option;

/** Whose policies and verdicts are meant. */
final class TenantOption {
    @Option(
            names = "--tenant",
            paramLabel = "TENANT",
            defaultValue = Session.TENANT,
            description = "whose (default: ${DEFAULT-VALUE}, the command's own name)")
    private String tenant;

    String tenant() {
        return tenant;
    }
}

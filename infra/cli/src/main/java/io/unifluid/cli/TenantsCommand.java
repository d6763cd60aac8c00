package io.unifluid.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Who may ask at the gateway. */
@Command(
        name = "tenants",
        description = "Say who may ask at the gateway, and how much.",
        mixinStandardHelpOptions = true,
        subcommands = {
            AddTenantCommand.class,
            ListTenantsCommand.class,
            RevokeTenantCommand.class,
            CommandLine.HelpCommand.class
        })
final class TenantsCommand extends CommandGroup {
    TenantsCommand() {
        super("add, list or revoke");
    }
}

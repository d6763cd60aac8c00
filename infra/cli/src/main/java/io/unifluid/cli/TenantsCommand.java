package io.unifluid.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
final class TenantsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to do: add, list or revoke.");
    }
}

package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The Apicurio Registry with its schemas in one file of the data folder. */
final class RegistryProcess {
    private RegistryProcess() {}

    /** @throws EnvironmentProblem when the registry has not been unpacked */
    static ChildProcess start(StackSettings settings, Libraries libraries, Path archives) {
        var jar = RegistryServer.jar(settings.registryHome());
        if (!Files.isReadable(jar)) {
            throw new EnvironmentProblem(missing(settings));
        }
        var command = new JavaCommand(
                        "registry", List.of(jar, libraries.own()), RegistryServer.MAIN_CLASS, RegistryServer.MEMORY)
                .withOptions(RegistryServer.OPTIONS.toArray(String[]::new))
                .with(RegistryServer.properties(
                        settings.port(Port.REGISTRY),
                        settings.port(Port.REGISTRY_MANAGEMENT),
                        settings.data().resolve("registry").resolve("schemas")));
        return ChildProcess.start(
                Component.REGISTRY, settings.log(Component.REGISTRY), command.line(archives), Map.of());
    }

    static String missing(StackSettings settings) {
        return "There is no registry in " + settings.registryHome()
                + ": './mvnw -pl infra/cli -am -DskipTests package' unpacks it into its usual place, or"
                + " UNIFLUID_REGISTRY_HOME names another one.";
    }
}

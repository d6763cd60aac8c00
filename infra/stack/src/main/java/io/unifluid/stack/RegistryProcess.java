package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Apicurio Registry with its schemas in one file of the data folder. */
final class RegistryProcess {
    private RegistryProcess() {}

    /** @throws EnvironmentProblem when the registry has not been unpacked */
    static ChildProcess start(StackSettings settings, Libraries libraries, Path archives) {
        var jar = settings.registryHome().resolve("quarkus-run.jar");
        if (!Files.isReadable(jar)) {
            throw new EnvironmentProblem(missing(settings));
        }
        var properties = new LinkedHashMap<String, String>();
        properties.put("quarkus.http.host", "127.0.0.1");
        properties.put("quarkus.http.port", Integer.toString(settings.port(Port.REGISTRY)));
        properties.put("quarkus.management.host", "127.0.0.1");
        properties.put("quarkus.management.port", Integer.toString(settings.port(Port.REGISTRY_MANAGEMENT)));
        properties.put("apicurio.storage.kind", "sql");
        properties.put("apicurio.storage.sql.kind", "h2");
        // Without WRITE_DELAY=0 a hard kill loses schemas that were acknowledged.
        properties.put(
                "apicurio.datasource.url",
                "jdbc:h2:file:" + settings.data().resolve("registry").resolve("schemas") + ";WRITE_DELAY=0");
        var command = new JavaCommand(
                        "registry",
                        List.of(jar, libraries.own()),
                        "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
                        "256m")
                // Its thread pool clears thread locals by reaching into java.lang.
                .withOptions("--add-opens", "java.base/java.lang=ALL-UNNAMED")
                .with(properties);
        return ChildProcess.start(
                Component.REGISTRY, settings.log(Component.REGISTRY), command.line(archives), Map.of());
    }

    static String missing(StackSettings settings) {
        return "There is no registry in " + settings.registryHome()
                + ": './mvnw -pl infra/cli -am -DskipTests package' unpacks it into its usual place, or"
                + " UNIFLUID_REGISTRY_HOME names another one.";
    }
}

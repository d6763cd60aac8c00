package io.unifluid.stack;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Apicurio Registry as it is started on one machine: where it was unpacked, and what it is told. */
public final class RegistryServer {
    /** Also in the root POM. */
    private static final String FOLDER = "apicurio-registry-3.3.3";

    static final String MAIN_CLASS = "io.quarkus.bootstrap.runner.QuarkusEntryPoint";
    static final String MEMORY = "256m";
    /** Its thread pool clears thread locals by reaching into java.lang. */
    static final List<String> OPTIONS = List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED");

    private RegistryServer() {}

    /** Where the build unpacked it; {@code UNIFLUID_REGISTRY_HOME} overrides. */
    public static Path home(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("UNIFLUID_REGISTRY_HOME"))
                .filter(given -> !given.isBlank())
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache", "unifluid", FOLDER));
    }

    static Path jar(Path home) {
        return home.resolve("quarkus-run.jar");
    }

    /** The address of its Confluent API, for {@code schema.registry.url}. */
    public static String url(int port) {
        return "http://127.0.0.1:" + port + "/apis/ccompat/v7";
    }

    /** @param database the file of its schemas, without an ending */
    static Map<String, String> properties(int port, int managementPort, Path database) {
        var properties = new LinkedHashMap<String, String>();
        properties.put("quarkus.http.host", "127.0.0.1");
        properties.put("quarkus.http.port", Integer.toString(port));
        properties.put("quarkus.management.host", "127.0.0.1");
        properties.put("quarkus.management.port", Integer.toString(managementPort));
        properties.put("apicurio.storage.kind", "sql");
        properties.put("apicurio.storage.sql.kind", "h2");
        // Without WRITE_DELAY=0 a hard kill loses schemas that were acknowledged.
        properties.put("apicurio.datasource.url", "jdbc:h2:file:" + database + ";WRITE_DELAY=0");
        return properties;
    }

    /**
     * The command line of a registry without a stack around it. Its process ends when its standard input does.
     *
     * @throws IllegalStateException when it was not unpacked
     */
    public static List<String> command(Path home, int port, int managementPort, Path database) {
        if (!Files.isReadable(jar(home))) {
            throw new IllegalStateException("No registry in " + home + ": build infra/stack, which unpacks it there.");
        }
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + MEMORY);
        command.add("-XX:+UseSerialGC");
        command.addAll(OPTIONS);
        properties(port, managementPort, database).forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.add("-cp");
        command.add(jar(home) + File.pathSeparator + Supervised.classPath());
        command.add(Supervised.class.getName());
        command.add(MAIN_CLASS);
        return command;
    }
}

package io.unifluid.stack;

import io.unifluid.inference.library.ModelLibrary;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the stack lives and what it runs.
 *
 * @param checkout the project's folder
 * @param data everything that the stack writes; {@code UNIFLUID_HOME}, else {@code .unifluid} in the checkout
 * @param libraries the folder with one class path file per app and all jars
 * @param registryHome the unpacked registry
 * @param model a bundle folder, or {@code noop}
 * @param ports by purpose
 * @param partitions of every topic but the lanes; {@code UNIFLUID_PARTITIONS}
 * @param lanePartitions of every lane; {@code UNIFLUID_LANE_PARTITIONS}
 * @param wanted of the parts that a stack can do without, those that are started too
 */
public record StackSettings(
        Path checkout,
        Path data,
        Path libraries,
        Path registryHome,
        String model,
        Map<Port, Integer> ports,
        int partitions,
        int lanePartitions,
        Set<Component> wanted) {
    /** The model that answers at once without looking. */
    public static final String NOOP = "noop";

    public StackSettings {
        ports = Map.copyOf(ports);
        wanted = Set.copyOf(wanted);
    }

    /**
     * @param model what the caller asked for, before {@code UNIFLUID_MODEL}, the model that was chosen in the library, and the
     *     one that comes with the project
     * @throws IllegalArgumentException with one sentence for a setting that is nonsense
     */
    public static StackSettings from(Path checkout, Map<String, String> environment, Optional<String> model) {
        var ports = new EnumMap<Port, Integer>(Port.class);
        for (var port : Port.values()) {
            ports.put(port, port.in(environment));
        }
        if (ports.values().stream().distinct().count() < ports.size()) {
            throw new IllegalArgumentException("Two ports of the stack are the same " + ports
                    + ": give each UNIFLUID_PORT_.. a number of its own.");
        }
        return new StackSettings(
                checkout,
                data(checkout, environment),
                checkout.resolve("infra/cli/target/dist"),
                RegistryServer.home(environment),
                model.or(() -> setting(environment, "UNIFLUID_MODEL"))
                        .map(library(checkout, environment)::resolve)
                        .or(() -> library(checkout, environment).inUse().map(Path::toString))
                        .orElse(shippedModel(checkout).toString()),
                ports,
                partitions(environment, "UNIFLUID_PARTITIONS", 2),
                partitions(environment, "UNIFLUID_LANE_PARTITIONS", 1),
                Set.of());
    }

    /** The bundle that comes with the project. */
    public static Path shippedModel(Path checkout) {
        return checkout.resolve("gpu-worker/reference-model/bundle");
    }

    /** The models that were imported, in {@code models} of the data folder. */
    public static ModelLibrary library(Path checkout, Map<String, String> environment) {
        return new ModelLibrary(data(checkout, environment).resolve("models"), Optional.of(shippedModel(checkout)));
    }

    private static Path data(Path checkout, Map<String, String> environment) {
        return setting(environment, "UNIFLUID_HOME")
                .map(Path::of)
                .orElse(checkout.resolve(".unifluid"))
                .toAbsolutePath()
                .normalize();
    }

    private static Optional<String> setting(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static int partitions(Map<String, String> environment, String name, int otherwise) {
        var given = setting(environment, name);
        if (given.isEmpty()) {
            return otherwise;
        }
        try {
            var count = Integer.parseInt(given.get());
            if (count >= 1 && count <= 256) {
                return count;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(name + " is '" + given.get() + "'; give a number from 1 to 256.");
    }

    /** The same with the door for HTTP. */
    public StackSettings withGateway() {
        return with(Component.GATEWAY);
    }

    public boolean gateway() {
        return wanted.contains(Component.GATEWAY);
    }

    /** The same with the moderation app. */
    public StackSettings withModeration() {
        return with(Component.MODERATION);
    }

    public boolean moderation() {
        return wanted.contains(Component.MODERATION);
    }

    private StackSettings with(Component more) {
        var all = EnumSet.of(more);
        all.addAll(wanted);
        return new StackSettings(
                checkout, data, libraries, registryHome, model, ports, partitions, lanePartitions, all);
    }

    /** What is started, in this order. */
    public List<Component> components() {
        return Stream.of(Component.values())
                .filter(component -> !component.isOptional() || wanted.contains(component))
                .toList();
    }

    /** Those of all that is started. */
    public Map<Port, Integer> usedPorts() {
        return ports.entrySet().stream()
                .filter(entry -> components().contains(entry.getKey().listener()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Where the door for HTTP is, if it is opened. */
    public String gatewayUrl() {
        return "http://127.0.0.1:" + port(Port.GATEWAY);
    }

    public int port(Port port) {
        return ports.get(port);
    }

    /** Those on which this component's process listens. */
    Map<Port, Integer> ports(Component listener) {
        return ports.entrySet().stream()
                .filter(entry -> entry.getKey().listener() == listener)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port(Port.KAFKA);
    }

    /** For {@code schema.registry.url}. */
    public String registryUrl() {
        return RegistryServer.url(port(Port.REGISTRY));
    }

    /** The claim-check store that all parts share. */
    public Path blobs() {
        return data.resolve("blobs");
    }

    public Path log(Component component) {
        return data.resolve("logs").resolve(component.id() + ".log");
    }
}

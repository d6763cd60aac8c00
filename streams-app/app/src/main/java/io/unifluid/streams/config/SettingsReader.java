package io.unifluid.streams.config;

import io.unifluid.scheduling.admission.AdmissionLimits;
import io.unifluid.scheduling.admission.ValidationLimits;
import io.unifluid.scheduling.batching.BatchSettings;
import io.unifluid.scheduling.batching.InFlightWindow;
import io.unifluid.scheduling.lifecycle.LifecycleSettings;
import io.unifluid.scheduling.lifecycle.RetryPolicy;
import io.unifluid.scheduling.reuse.ReuseSettings;
import io.unifluid.scheduling.task.CostModel;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.access.RegistryOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Turns named values into {@link StreamsSettings}; every name that nothing asked for is an error. */
final class SettingsReader {
    private static final String KAFKA = "kafka.";
    private static final String REGISTRY = "registry.";
    private static final String TENANT_WEIGHTS = "tenant-weights.";

    private final Map<String, String> values;
    private final Set<String> asked = new TreeSet<>();

    SettingsReader(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    public StreamsSettings read() {
        var lifecycle = lifecycle();
        var settings = new StreamsSettings(
                required("bootstrap-servers", "Kafka's address, for example localhost:9092"),
                registry(),
                text("application-id", "unifluid-streams"),
                Path.of(text("state-dir", "data/streams-state")),
                whole("threads", Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4), 1, 64),
                duration("commit-interval", Duration.ofMillis(100), Duration.ofMillis(1), Duration.ofSeconds(10)),
                whole("shards-per-lane", 1, 1, 1_000),
                status(),
                duration("wake-up-interval", Duration.ofMillis(200), Duration.ofMillis(1), Duration.ofMinutes(1)),
                duration("batching-interval", Duration.ofMillis(10), Duration.ofMillis(1), Duration.ofSeconds(10)),
                duration("watch-interval", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofHours(1)),
                validation(),
                admission(),
                lifecycle,
                CostModel.defaults(),
                perLane(this::batch),
                perLane(this::window),
                weights(),
                reuse(),
                text("http-host", "127.0.0.1"),
                whole("http-port", 0, 0, 65_535),
                kafka());
        refuseUnknown();
        return settings;
    }

    private Map<String, String> kafka() {
        var kafka = under(KAFKA);
        PassedThrough.KAFKA.check(KAFKA, kafka);
        return kafka;
    }

    private Map<String, String> registry() {
        return RegistryOptions.of(
                REGISTRY,
                under(REGISTRY),
                required("registry-url", "the schema registry's address, for example http://localhost:8081"));
    }

    private StatusPublishing status() {
        return parsed(
                "status",
                StatusPublishing.ALL,
                "all, terminal or off",
                text -> StatusPublishing.valueOf(text.toUpperCase(Locale.ROOT)));
    }

    private ValidationLimits validation() {
        var defaults = ValidationLimits.defaults();
        var replyTopics = Arrays.stream(text("reply-topics", "").split(","))
                .map(String::strip)
                .filter(topic -> !topic.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        return defaults.withReplyTopics(replyTopics)
                .withMaxInlineBytes(whole("max-inline-bytes", (int) defaults.maxInlineBytes(), 0, 4 * 1024 * 1024));
    }

    private AdmissionLimits admission() {
        int limit = whole("max-in-flight-per-tenant", 0, 0, Integer.MAX_VALUE);
        return named(
                "max-cost",
                () -> new AdmissionLimits(
                        limit == 0 ? OptionalInt.empty() : OptionalInt.of(limit),
                        number("max-cost", AdmissionLimits.defaults().maxCost())));
    }

    private LifecycleSettings lifecycle() {
        var defaults = LifecycleSettings.defaults();
        return named(
                "lifecycle",
                () -> new LifecycleSettings(
                        duration("stuck-after", defaults.stuckAfter()),
                        duration("lost-after", defaults.lostAfter()),
                        whole("max-lost-hand-outs", defaults.maxLostHandOuts(), 0, 20),
                        duration("cancel-window", defaults.cancelWindow()),
                        duration("retention", defaults.retention()),
                        retry(defaults.retry())));
    }

    private RetryPolicy retry(RetryPolicy defaults) {
        return new RetryPolicy(
                whole("retry.max-attempts", defaults.maxAttempts(), 1, 100),
                whole("retry.isolated-retries", defaults.isolatedRetries(), 0, 100),
                duration("retry.first-delay", defaults.firstDelay()),
                number("retry.factor", defaults.factor()),
                duration("retry.max-delay", defaults.maxDelay()),
                number("retry.jitter", defaults.jitter()));
    }

    private <V> Map<Lane, V> perLane(BiFunction<Lane, String, V> read) {
        var byLane = new EnumMap<Lane, V>(Lane.class);
        for (var lane : Lane.values()) {
            var prefix = "lanes." + lane.topicSuffix() + ".";
            byLane.put(lane, named("lanes." + lane.topicSuffix(), () -> read.apply(lane, prefix)));
        }
        return byLane;
    }

    private BatchSettings batch(Lane lane, String prefix) {
        var defaults = BatchSettings.defaults(lane);
        return new BatchSettings(
                whole(prefix + "max-items", defaults.maxItems(), 1, 10_000),
                number(prefix + "max-cost", defaults.maxCost()),
                whole(prefix + "max-bytes", (int) defaults.maxBytes(), 1, 4 * 1024 * 1024),
                duration(prefix + "max-wait", defaults.maxWait(), Duration.ZERO, Duration.ofHours(1)),
                duration(prefix + "deadline-reserve", defaults.deadlineReserve(), Duration.ZERO, Duration.ofHours(1)));
    }

    /** Follows the batch settings, so that larger batches still fit the window. */
    private InFlightWindow window(Lane lane, String prefix) {
        var batch = batch(lane, prefix);
        return new InFlightWindow(
                whole(prefix + "window-items", 16 * batch.maxItems(), 1, Integer.MAX_VALUE),
                number(prefix + "window-cost", 16 * batch.maxCost()));
    }

    private Map<String, Double> weights() {
        var weights = new HashMap<String, Double>();
        under(TENANT_WEIGHTS).keySet().forEach(tenant -> weights.put(tenant, number(TENANT_WEIGHTS + tenant, 1)));
        return weights;
    }

    private ReuseSettings reuse() {
        var defaults = ReuseSettings.defaults();
        return new ReuseSettings(
                flag("reuse.enabled", defaults.enabled()),
                duration("reuse.retention", defaults.retention()),
                1024L * 1024 * whole("reuse.max-megabytes", (int) (defaults.maxBytes() / 1024 / 1024), 0, 64 * 1024),
                whole("reuse.max-entry-bytes", (int) defaults.maxEntryBytes(), 0, 4 * 1024 * 1024),
                flag("reuse.across-tenants", defaults.acrossTenants()),
                text("reuse.generation", defaults.generation()));
    }

    private Map<String, String> under(String prefix) {
        var found = new HashMap<String, String>();
        values.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                asked.add(name);
                found.put(name.substring(prefix.length()), value);
            }
        });
        return found;
    }

    private String required(String name, String what) {
        var value = text(name, "");
        if (value.isBlank()) {
            throw new IllegalArgumentException("The setting " + name + " is missing: give " + what + ".");
        }
        return value;
    }

    private String text(String name, String fallback) {
        asked.add(name);
        return values.getOrDefault(name, fallback).strip();
    }

    private boolean flag(String name, boolean fallback) {
        return parsed(name, fallback, "true or false", text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        });
    }

    private int whole(String name, int fallback, int least, int most) {
        int value = parsed(name, fallback, "a whole number", text -> Integer.parseInt(text.replace("_", "")));
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "The setting " + name + " is " + value + "; it must be from " + least + " to " + most + ".");
        }
        return value;
    }

    private double number(String name, double fallback) {
        return parsed(name, fallback, "a number", Double::parseDouble);
    }

    private Duration duration(String name, Duration fallback) {
        return duration(name, fallback, Duration.ofMillis(1), Duration.ofDays(3_650));
    }

    private Duration duration(String name, Duration fallback, Duration least, Duration most) {
        var value = parsed(name, fallback, "a duration such as 250ms, 5s, 10m, 24h or 7d", Durations::parse);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("The setting " + name + " is " + Durations.text(value)
                    + "; it must be from " + Durations.text(least) + " to " + Durations.text(most) + ".");
        }
        return value;
    }

    private <V> V parsed(String name, V fallback, String what, Function<String, V> parse) {
        var text = text(name, "");
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The setting " + name + " is '" + text + "'; it must be " + what + ".", e);
        }
    }

    /** Names the group of settings in a complaint about one of its values. */
    private static <V> V named(String group, java.util.function.Supplier<V> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException e) {
            if (e.getMessage().startsWith("The setting ")) {
                throw e;
            }
            throw new IllegalArgumentException("The setting " + group + " cannot work: " + e.getMessage(), e);
        }
    }

    private void refuseUnknown() {
        var unknown = new TreeSet<>(values.keySet());
        unknown.removeAll(asked);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("The setting " + unknown.first()
                    + " is not known; README.md of the streams app lists all of them.");
        }
    }
}

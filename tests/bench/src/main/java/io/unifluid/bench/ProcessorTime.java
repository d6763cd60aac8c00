package io.unifluid.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Processor time of this process and of each child so far: tells which part holds the rate back. */
record ProcessorTime(Map<String, Duration> byProcess) {
    private static final String CLIENT = "client";

    static ProcessorTime now() {
        var used = new TreeMap<String, Duration>();
        Stream.concat(
                        Stream.of(ProcessHandle.current()),
                        ProcessHandle.current().descendants())
                .forEach(process -> used.merge(
                        name(process), process.info().totalCpuDuration().orElse(Duration.ZERO), Duration::plus));
        return new ProcessorTime(used);
    }

    /** @return {@code name 0.123, ..} in milliseconds per request */
    String since(ProcessorTime before, int requests) {
        return byProcess.entrySet().stream()
                .map(entry -> String.format(
                        Locale.ROOT,
                        "%s %.3f",
                        entry.getKey(),
                        entry.getValue()
                                        .minus(before.byProcess.getOrDefault(entry.getKey(), Duration.ZERO))
                                        .toNanos()
                                / 1e6
                                / requests))
                .collect(Collectors.joining(", "));
    }

    /** Of all but this process. */
    Duration ofChildrenSince(ProcessorTime before) {
        return byProcess.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(CLIENT))
                .map(entry -> entry.getValue().minus(before.byProcess.getOrDefault(entry.getKey(), Duration.ZERO)))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** The component, which names its argument file; this process is the client. */
    private static String name(ProcessHandle process) {
        return Arrays.stream(process.info().arguments().orElse(new String[0]))
                .filter(argument -> argument.endsWith(".arguments"))
                .map(argument -> argument.replaceAll(".*/|\\.arguments", ""))
                .findFirst()
                .orElse(CLIENT);
    }
}

package io.unifluid.bench;

import io.unifluid.stack.Port;
import io.unifluid.stack.StackSettings;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** What the stack's worker counts, as it was when it was asked. */
record WorkerMeters(List<String> lines) {
    static WorkerMeters of(StackSettings settings) throws IOException {
        var address = URI.create("http://127.0.0.1:" + settings.port(Port.WORKER) + "/metrics");
        try (var in = address.toURL().openStream()) {
            return new WorkerMeters(new String(in.readAllBytes()).lines().toList());
        }
    }

    /** A meter without labels. */
    double value(String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The worker does not count " + name + "."));
    }
}

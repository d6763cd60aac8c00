package io.unifluid.local.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Counts of a run, and the lines that a person reads at its end. {@code total = captioned + failed}. */
public final class Summary {
    private final List<Double> latencies = new ArrayList<>();
    private final Map<String, Integer> batches = new HashMap<>();
    private final Map<String, Integer> problems = new TreeMap<>();
    private int captioned;
    private int failed;
    private String model = "";

    public void add(Captioned done) {
        done.result().ifPresent(result -> {
            latencies.add(done.latency().toNanos() / 1e6);
            if (result.getBatch() != null) {
                batches.put(result.getBatch().getId(), result.getBatch().getSize());
            }
            if (result.getModel() != null) {
                var info = result.getModel();
                model = info.getName() + " " + info.getVersion() + " on " + info.getDevice();
            }
        });
        if (done.caption().isPresent()) {
            captioned++;
        } else {
            failed++;
            problems.merge(done.problem().orElse("It has no caption."), 1, Integer::sum);
        }
    }

    public int captioned() {
        return captioned;
    }

    public int failed() {
        return failed;
    }

    /** Name, version and device of the model that answered; empty before the first answer. */
    public String model() {
        return model;
    }

    /** How often each problem occurred. */
    public Map<String, Integer> problems() {
        return Map.copyOf(problems);
    }

    public double perSecond(Duration took) {
        return captioned / Math.max(took.toNanos() / 1e9, 1e-9);
    }

    /** Milliseconds; 0 without any result. */
    public double percentile(double share) {
        if (latencies.isEmpty()) {
            return 0;
        }
        var sorted = latencies.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.max(0, Math.ceil(share * sorted.size()) - 1)));
    }

    public int batchCount() {
        return batches.size();
    }

    public double meanBatch() {
        return batches.values().stream().mapToInt(Integer::intValue).average().orElse(0);
    }

    public int largestBatch() {
        return batches.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    public List<String> lines(Duration took) {
        var lines = new ArrayList<String>();
        lines.add(String.format(
                Locale.ROOT,
                "captioned  %d of %d in %.1f s: %.1f images/s",
                captioned,
                captioned + failed,
                took.toNanos() / 1e9,
                perSecond(took)));
        if (batchCount() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "batches    %d, mean size %.1f, largest %d",
                    batchCount(),
                    meanBatch(),
                    largestBatch()));
            lines.add(String.format(
                    Locale.ROOT,
                    "latency    p50 %.0f ms, p95 %.0f ms, p99 %.0f ms, from sending to the visible result, all sent at once",
                    percentile(0.50),
                    percentile(0.95),
                    percentile(0.99)));
        }
        if (!model.isEmpty()) {
            lines.add("model      " + model);
        }
        lines.add("failed     " + failed);
        problems.forEach((problem, count) -> lines.add("           " + count + " x " + problem));
        return lines;
    }
}

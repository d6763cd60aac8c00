package io.unifluid.client;

import io.unifluid.schemas.ResultStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts of a run, and the lines that a person reads at its end. {@code total = succeeded + failed + cancelled +
 * unanswered + not begun}. Not thread-safe.
 */
public final class Summary {
    private static final int EXAMPLES = 3;
    private static final int REASONS = 10;
    /** A message can name what is in the file, so that no two are the same. */
    private static final int MOST_REASONS = 1000;

    private static final int IDS = 10;

    private final String title;
    private final int total;
    private final List<Double> latencies = new ArrayList<>();
    private final Map<String, Integer> batches = new HashMap<>();
    private final Map<Failure, Reason> reasons = new LinkedHashMap<>();
    private final List<String> unanswered = new ArrayList<>();
    private final List<Path> outside = new ArrayList<>();
    private int outsideCount;
    private int succeeded;
    private int failed;
    private int cancelled;
    private String model = "";

    /** How often, and where first. */
    private static final class Reason {
        private final List<Path> examples = new ArrayList<>();
        private int count;
    }

    /**
     * @param title what was done, for example {@code captioned}
     * @param total files that were meant
     */
    public Summary(String title, int total) {
        this.title = title;
        this.total = total;
    }

    public void add(Answered done) {
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
        if (done.succeeded()) {
            succeeded++;
            if (done.outsideDomain()) {
                outsideCount++;
                if (outside.size() < EXAMPLES) {
                    outside.add(done.file());
                }
            }
        } else if (done.result()
                .filter(result -> result.getStatus() == ResultStatus.CANCELLED)
                .isPresent()) {
            cancelled++;
        } else if (done.unanswered()) {
            unanswered.add(done.requestId().orElseThrow());
        } else {
            failed++;
            var failure = done.failure().orElseThrow();
            if (reasons.size() >= MOST_REASONS && !reasons.containsKey(failure)) {
                return;
            }
            var reason = reasons.computeIfAbsent(failure, _ -> new Reason());
            reason.count++;
            if (reason.examples.size() < EXAMPLES) {
                reason.examples.add(done.file());
            }
        }
    }

    public int succeeded() {
        return succeeded;
    }

    public int failed() {
        return failed;
    }

    /** Whether every file that was meant has its answer. */
    public boolean complete() {
        return succeeded == total;
    }

    /** Name, version and device of the model that answered; empty before the first answer. */
    public String model() {
        return model;
    }

    public double perSecond(Duration took) {
        return succeeded / Math.max(took.toNanos() / 1e9, 1e-9);
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
                "%-10s %d of %d in %.1f s: %.1f images/s",
                title,
                succeeded,
                total,
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
        lines.addAll(complete() ? List.of("failed     0") : missing());
        warning().ifPresent(lines::add);
        return lines;
    }

    /** That pictures were answered about which are unlike those that the model was trained on; nothing when none was. */
    public Optional<String> warning() {
        return outsideCount == 0
                ? Optional.empty()
                : Optional.of("warning    " + outsideCount + " of " + succeeded
                        + " are unlike the pictures that the model was trained on, so do not rely on what it says of them: "
                        + some(outside.stream().map(Path::toString), outsideCount - outside.size()));
    }

    /** What has no answer, and why; nothing when all have one. */
    public List<String> missing() {
        var lines = new ArrayList<String>();
        if (complete()) {
            return lines;
        }
        lines.add("failed     " + failed);
        var most = reasons.entrySet().stream()
                .sorted(Comparator.comparingInt(reason -> -reason.getValue().count))
                .limit(REASONS)
                .toList();
        most.forEach(reason -> lines.add(line(reason.getKey(), reason.getValue())));
        int said = most.stream().mapToInt(reason -> reason.getValue().count).sum();
        if (said < failed) {
            lines.add("           " + (failed - said) + " for other reasons; --json names every file with its own");
        }
        if (cancelled > 0) {
            lines.add("cancelled  " + cancelled + " on their way");
        }
        if (!unanswered.isEmpty()) {
            lines.add("unanswered " + unanswered.size() + " sent, with no result yet; request ids: "
                    + some(unanswered.stream().limit(IDS), unanswered.size() - IDS));
        }
        int begun = succeeded + failed + cancelled + unanswered.size();
        if (begun < total) {
            lines.add("not sent   " + (total - begun));
        }
        return lines;
    }

    private static String line(Failure failure, Reason reason) {
        return "           " + reason.count + " x " + failure.message() + " (" + failure.kind() + ": "
                + some(reason.examples.stream().map(Path::toString), reason.count - reason.examples.size()) + ")";
    }

    private static String some(Stream<String> first, int more) {
        return first.collect(Collectors.joining(", ")) + (more > 0 ? " and " + more + " more" : "");
    }
}

package io.unifluid.connect;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;

/** What a task counts, among Connect's own metrics (KIP-877). Safe from any thread. */
final class TaskMetrics {
    private final PluginMetrics metrics;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong away = new AtomicLong();
    private final Map<String, AtomicLong> kinds = new ConcurrentHashMap<>();
    private volatile LongSupplier leftOut = () -> 0;
    private volatile boolean ended;

    TaskMetrics(PluginMetrics metrics) {
        this.metrics = metrics;
        add("requests-sent-total", "Requests handed to Connect.", Map.of(), sent::get);
        add("items-failed-total", "Items that could not be sent, of all kinds.", Map.of(), failed::get);
        add("bytes-read-total", "Bytes of pictures that were read.", Map.of(), bytes::get);
        add(
                "items-left-out",
                "What the last reading left out, by type and pattern.",
                Map.of(),
                () -> leftOut.getAsLong());
        add(
                "outages-total",
                "How often the archive's store, the blob store or the registry was away.",
                Map.of(),
                away::get);
        add("at-end", "1 when the task has read its share to the end.", Map.of(), () -> ended ? 1 : 0);
    }

    void sent(long size) {
        sent.incrementAndGet();
        bytes.addAndGet(Math.max(0, size));
    }

    void failed(String kind) {
        failed.incrementAndGet();
        kinds.computeIfAbsent(kind, name -> {
                    var count = new AtomicLong();
                    add(
                            "items-failed-by-kind-total",
                            "Items that could not be sent.",
                            Map.of("kind", name),
                            count::get);
                    return count;
                })
                .incrementAndGet();
    }

    void away() {
        away.incrementAndGet();
    }

    void leftOut(LongSupplier count) {
        leftOut = count;
    }

    void ended(boolean now) {
        ended = now;
    }

    long sentSoFar() {
        return sent.get();
    }

    long failedSoFar() {
        return failed.get();
    }

    private void add(String name, String description, Map<String, String> tags, LongSupplier value) {
        metrics.addMetric(metrics.metricName(name, description, new LinkedHashMap<>(tags)), (Gauge<Long>)
                (_, _) -> value.getAsLong());
    }
}

package io.unifluid.worker.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * What a Kafka client counts itself, under the names that Micrometer gives it ({@code kafka_producer_record_send_total}).
 * Of all that a client measures only its totals and a few states, and none by topic, partition or broker: their
 * number would grow with the cluster. Micrometer's own binder takes all of them, and no share consumer.
 */
public final class KafkaMeters implements MeterBinder {
    private static final String CLIENT = "client-id";
    private static final Set<String> STATES = Set.of(
            "connection-count",
            "last-heartbeat-seconds-ago",
            "last-poll-seconds-ago",
            "requests-in-flight",
            "request-latency-avg",
            "buffer-available-bytes");

    private final Map<MetricName, ? extends Metric> metrics;

    /** @param metrics as {@code metrics()} of the client gives them */
    public KafkaMeters(Map<MetricName, ? extends Metric> metrics) {
        this.metrics = metrics;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        metrics.forEach((name, metric) -> {
            if (name.tags().keySet().equals(Set.of(CLIENT))) {
                if (name.name().endsWith("-total")) {
                    FunctionCounter.builder(meter(name), metric, KafkaMeters::value)
                            .description(name.description())
                            .tags(tags(name))
                            .register(registry);
                } else if (STATES.contains(name.name())) {
                    Gauge.builder(meter(name), metric, KafkaMeters::value)
                            .description(name.description())
                            .tags(tags(name))
                            .register(registry);
                }
            }
        });
    }

    private static String meter(MetricName name) {
        return "kafka."
                + (name.group() + "." + name.name()).replace("-metrics", "").replace('-', '.');
    }

    private static Tags tags(MetricName name) {
        return Tags.of("client.id", name.tags().get(CLIENT));
    }

    private static double value(Metric metric) {
        return metric.metricValue() instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}

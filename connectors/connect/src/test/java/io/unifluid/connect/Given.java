package io.unifluid.connect;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.MetricValueProvider;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** What a worker gives a task: settings, offsets that were written, and a place for metrics. */
final class Given implements SourceTaskContext {
    private final Map<Map<String, ?>, Map<String, ?>> offsets = new ConcurrentHashMap<>();
    private final Map<String, Gauge<?>> gauges = new ConcurrentHashMap<>();

    /** Settings that are complete, for a connector called {@code test}. */
    static Map<String, String> settings(Path blobs, Path... sources) {
        var settings = new HashMap<String, String>();
        settings.put("name", "test");
        settings.put("connector.class", ImageArchiveConnector.class.getName());
        settings.put("key.converter", ImageArchiveConfig.BYTES);
        settings.put("value.converter", ImageArchiveConfig.BYTES);
        var lines = new StringBuilder();
        for (var source : sources) {
            lines.append(source).append('\n');
        }
        settings.put("sources", lines.toString());
        settings.put("blob.store", blobs.toString());
        settings.put("registry.url", "mock://connect");
        return settings;
    }

    /** As Connect does it once a record is there. */
    void written(SourceRecord record) {
        offsets.put(record.sourcePartition(), record.sourceOffset());
    }

    int places() {
        return offsets.size();
    }

    /** Of a metric, with its tag's value behind its name where it has one. */
    long metric(String name) {
        var gauge = gauges.get(name);
        return gauge == null ? 0 : (Long) gauge.value(null, 0);
    }

    @Override
    public Map<String, String> configs() {
        return Map.of();
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
        return new OffsetStorageReader() {
            @Override
            public <T> Map<String, Object> offset(Map<String, T> partition) {
                return read(partition);
            }

            @Override
            public <T> Map<Map<String, T>, Map<String, Object>> offsets(
                    java.util.Collection<Map<String, T>> partitions) {
                var found = new HashMap<Map<String, T>, Map<String, Object>>();
                partitions.forEach(partition -> found.put(partition, read(partition)));
                return found;
            }

            private Map<String, Object> read(Map<String, ?> partition) {
                var offset = offsets.get(partition);
                return offset == null ? null : new HashMap<>(offset);
            }
        };
    }

    @Override
    public PluginMetrics pluginMetrics() {
        return new PluginMetrics() {
            @Override
            public MetricName metricName(String name, String description, LinkedHashMap<String, String> tags) {
                return new MetricName(name, "plugins", description, tags);
            }

            @Override
            public void addMetric(MetricName name, MetricValueProvider<?> provider) {
                gauges.put(
                        name.name()
                                + name.tags().values().stream()
                                        .map(tag -> " " + tag)
                                        .reduce("", String::concat),
                        (Gauge<?>) provider);
            }

            @Override
            public void removeMetric(MetricName name) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Sensor addSensor(String name) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void removeSensor(String name) {
                throw new UnsupportedOperationException();
            }
        };
    }
}

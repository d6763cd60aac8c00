package io.unifluid.connect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/**
 * Sends a request for every picture of archives. The tasks share the files by their hash; each keeps, among Connect's own
 * offsets, where it stands in each part. Where Connect writes exactly once, a batch and its offsets are one transaction.
 */
public final class ImageArchiveConnector extends SourceConnector {
    private Map<String, String> given = Map.of();

    static String versionOf(Class<?> type) {
        return Optional.ofNullable(type.getPackage().getImplementationVersion()).orElse("unpackaged");
    }

    @Override
    public String version() {
        return versionOf(getClass());
    }

    @Override
    public ConfigDef config() {
        return ImageArchiveConfig.DEF;
    }

    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        var values = new ArrayList<>(super.validate(connectorConfigs).configValues());
        ImageArchiveConfig.check(connectorConfigs, values);
        return new Config(values);
    }

    @Override
    public void start(Map<String, String> props) {
        given = Map.copyOf(props);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return ImageArchiveTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return IntStream.range(0, maxTasks)
                .mapToObj(task -> {
                    var own = new HashMap<>(given);
                    own.put(ImageArchiveConfig.TASK, Integer.toString(task));
                    own.put(ImageArchiveConfig.TASKS, Integer.toString(maxTasks));
                    return Map.copyOf(own);
                })
                .toList();
    }

    @Override
    public void stop() {}

    /** What was read is read again from the offsets, in the same order. */
    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
        return ExactlyOnceSupport.SUPPORTED;
    }

    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<Map<String, ?>, Map<String, ?>> offsets) {
        offsets.forEach((part, offset) -> {
            if (!Place.isPart(part)) {
                throw new ConnectException("The partition " + part
                        + " is none of this connector's: copy one from what GET" + " /connectors/NAME/offsets says.");
            }
            if (offset != null && Place.read(offset).isEmpty()) {
                throw new ConnectException("The offset " + offset
                        + " is none of this connector's: give {\"file\": PATH, \"ordinal\": NUMBER}, or null to read the part"
                        + " from its beginning.");
            }
        });
        return true;
    }
}

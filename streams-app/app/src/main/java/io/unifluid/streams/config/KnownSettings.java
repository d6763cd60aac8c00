package io.unifluid.streams.config;

import io.micronaut.core.naming.NameUtils;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.access.SettingNames;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names that {@link StreamsConfiguration} and {@link LaneConfiguration} have in files, and what is passed through. */
final class KnownSettings {
    static final String KAFKA = "kafka";
    static final String REGISTRY = "registry";
    static final String TENANT_WEIGHTS = "tenant-weights";
    /** What is passed through. */
    static final List<String> GROUPS = List.of(KAFKA, REGISTRY);
    /**
     * One setting of the app's own.
     *
     * @param settings the record that it is a component of
     */
    record Known(Class<?> settings, String component, Class<?> type) {}

    /** In the order of the records. */
    static final Map<String, Known> OWN = own();

    static final SettingNames NAMES = names();

    private static Map<String, Known> own() {
        var own = new LinkedHashMap<String, Known>();
        collect("", StreamsConfiguration.class, own);
        for (var lane : Lane.values()) {
            var prefix = LaneConfiguration.GROUP + "." + lane.topicSuffix() + ".";
            collect(prefix, LaneConfiguration.class, own);
            own.remove(prefix + "name");
        }
        return Collections.unmodifiableMap(own);
    }

    private static void collect(String prefix, Class<?> settings, Map<String, Known> own) {
        for (var component : settings.getRecordComponents()) {
            var name = prefix + NameUtils.hyphenate(component.getName());
            if (component.getType().isRecord()) {
                collect(name + ".", component.getType(), own);
            } else {
                own.put(name, new Known(settings, component.getName(), component.getType()));
            }
        }
    }

    private static SettingNames names() {
        var names = new HashSet<>(OWN.keySet());
        List.of(KAFKA, REGISTRY, TENANT_WEIGHTS).forEach(group -> names.add(group + ".*"));
        return new SettingNames(names, "application.yml of the streams app");
    }

    private KnownSettings() {}
}

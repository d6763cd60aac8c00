package io.unifluid.streams.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** {@code application.yml} says what the code does: every name, and every default. */
class ApplicationYmlTest {
    private static final Map<String, String> LEAST =
            Map.of("bootstrap-servers", "localhost:9092", "registry-url", "http://localhost:8081");

    /** Of the file; null where it says its default in words. */
    private static final Map<String, Object> SAID = new LinkedHashMap<>();

    @BeforeAll
    static void read() throws IOException {
        try (var file = StreamsConfiguration.class.getResourceAsStream("/application.yml")) {
            flatten("", new Yaml().load(file));
        }
        SAID.keySet().forEach(name -> assertThat(name).startsWith(StreamsConfiguration.PREFIX + "."));
    }

    @Test
    void everySettingOfTheCodeStandsInTheFileAndNoOther() {
        var inCode = new TreeSet<>(KnownSettings.OWN.keySet());
        inCode.addAll(KnownSettings.GROUPS);
        inCode.add(KnownSettings.TENANT_WEIGHTS);
        var inFile = new TreeSet<String>();
        SAID.keySet().forEach(name -> inFile.add(bare(name)));
        assertThat(inFile).isEqualTo(inCode);
    }

    @Test
    void everyDefaultInTheFileIsTheCodes() {
        var byCode = StreamsSettings.of(LEAST);
        SAID.forEach((name, value) -> {
            if (value != null && !(value instanceof Map)) {
                var values = new HashMap<>(LEAST);
                values.put(bare(name), value.toString());
                assertThat(StreamsSettings.of(values)).as(name).isEqualTo(byCode);
            }
        });
    }

    @Test
    void theFileItselfChangesNothing() {
        var variables = Map.of(
                "UNIFLUID_STREAMS_BOOTSTRAP_SERVERS", "localhost:9092",
                "UNIFLUID_STREAMS_REGISTRY_URL", "http://localhost:8081");
        try (var context = StreamsContext.ofProcess(new String[0], variables).start()) {
            assertThat(context.getProperty(StreamsConfiguration.PREFIX + ".commit-interval", String.class))
                    .as("the file is read")
                    .hasValue("100ms");
            assertThat(context.getBean(StreamsSettings.class)).isEqualTo(StreamsSettings.of(LEAST));
        }
    }

    private static String bare(String name) {
        return name.substring(StreamsConfiguration.PREFIX.length() + 1);
    }

    private static void flatten(String prefix, Map<String, ?> nested) {
        nested.forEach((name, value) -> {
            if (value instanceof Map<?, ?> deeper && !deeper.isEmpty()) {
                var typed = new LinkedHashMap<String, Object>();
                deeper.forEach((key, inner) -> typed.put(String.valueOf(key), inner));
                flatten(prefix + name + ".", typed);
            } else {
                SAID.put(prefix + name, value);
            }
        });
    }
}

package io.unifluid.moderation.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

class ApplicationYmlTest {
    private static final Map<String, String> LEAST =
            Map.of("bootstrap-servers", "localhost:9092", "registry-url", "http://localhost:8081");

    @Test
    void everySettingOfTheCodeStandsInTheFileAndNoOther() throws IOException {
        assertThat(said().keySet().stream()
                        .map(name -> ModerationConfiguration.PREFIX + "." + name)
                        .collect(Collectors.toSet()))
                .isEqualTo(ModerationContext.known());
    }

    @Test
    void everyDefaultInTheFileIsTheCodes() throws IOException {
        var byCode = ModerationContext.settings(LEAST);
        said().forEach((name, value) -> {
            if (value != null && !(value instanceof Map)) {
                var values = new HashMap<>(LEAST);
                values.put(name, value.toString());
                assertThat(ModerationContext.settings(values)).as(name).isEqualTo(byCode);
            }
        });
    }

    @Test
    void variablesAreRead() {
        var settings = ModerationContext.read(ModerationContext.ofProcess(Map.of(
                "UNIFLUID_MODERATION_BOOTSTRAP_SERVERS", "kafka:9092",
                "UNIFLUID_MODERATION_REGISTRY_URL", "http://registry:8081",
                "UNIFLUID_MODERATION_WITHOUT_POLICY", "BLOCK",
                "UNIFLUID_MODERATION_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")));

        assertThat(settings.bootstrapServers()).isEqualTo("kafka:9092");
        assertThat(settings.withoutPolicy()).isEqualTo(io.unifluid.moderation.policy.Decision.BLOCK);
        assertThat(settings.kafka()).containsEntry("security.protocol", "SASL_SSL");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bootstrap-servers | '' | bootstrap-servers
            threads | 0 | threads
            threads | many | threads is 'many'
            retention | 0s | retention
            without-policy | MAYBE | without-policy is 'MAYBE'
            answer-in | 1h | answer-in
            kafka.processing.guarantee | at_least_once | processing.guarantee
            """)
    void refusesWithTheSettingsName(String name, String value, String said) {
        var values = new HashMap<>(LEAST);
        values.put(name, value);

        assertThatThrownBy(() -> ModerationContext.settings(values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }

    private static Map<String, Object> said() throws IOException {
        Map<String, Map<String, Map<String, Object>>> file =
                new Yaml().load(Files.readString(Path.of("src/main/resources/application.yml")));
        return file.get("unifluid").get("moderation");
    }
}

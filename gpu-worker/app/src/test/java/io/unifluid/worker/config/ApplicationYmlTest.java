package io.unifluid.worker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.yaml.YamlPropertySourceLoader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What people read about the settings is what the code does, name by name and default by default. */
final class ApplicationYmlTest {
    private static final Map<String, Object> REQUIRED =
            Map.of("unifluid.worker.model", "noop", "unifluid.worker.blob-store", "/tmp/blobs");

    @Test
    void itNamesEverySettingAndNoOther() throws IOException {
        Set<String> known = new HashSet<>(SettingsReader.known());
        assertThat(known).contains("unifluid.worker.http-port", "unifluid.fetch.max-bytes", "unifluid.worker.kafka");
        assertThat(written().keySet()).containsExactlyInAnyOrderElementsOf(known);
    }

    @Test
    void everyDefaultInItIsTheOneOfTheCode() {
        assertThat(SettingsReader.read(REQUIRED, Map.of())).isEqualTo(withoutTheFile());
    }

    @Test
    void whatItLeavesEmptyHasNoDefault() throws IOException {
        Set<String> empty = written().entrySet().stream()
                .filter(entry -> String.valueOf(entry.getValue()).isEmpty())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(empty)
                .containsExactlyInAnyOrder(
                        "unifluid.worker.model",
                        "unifluid.worker.blob-store",
                        "unifluid.worker.models",
                        "unifluid.worker.name",
                        "unifluid.worker.group",
                        "unifluid.worker.lanes",
                        "unifluid.fetch.roots",
                        "unifluid.fetch.hosts",
                        "unifluid.fetch.buckets");
    }

    @Test
    void everySettingIsExplained() throws IOException {
        String before = "";
        for (String line : text().lines().map(String::strip).toList()) {
            if (line.matches("[a-z-]+: .+")) {
                assertThat(before).as(line).matches("# .*|[a-z-]+: .+");
            }
            before = line;
        }
    }

    private static WorkerSettings withoutTheFile() {
        try (ApplicationContext context = WorkerContext.reading(REQUIRED, Map.of())
                .enableDefaultPropertySources(false)
                .start()) {
            return context.getBean(WorkerSettings.class);
        }
    }

    private static Map<String, Object> written() throws IOException {
        try (var in = ApplicationYmlTest.class.getResourceAsStream("/application.yml")) {
            return new YamlPropertySourceLoader().read("application", in);
        }
    }

    private static String text() throws IOException {
        try (var in = ApplicationYmlTest.class.getResourceAsStream("/application.yml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

package io.unifluid.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.inference.DeviceChoice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SettingsReaderTest {
    private static Map<String, Object> settings(Object... pairs) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "unifluid.worker.model", "noop",
                "unifluid.worker.blob-store", "/tmp/blobs"));
        for (int i = 0; i < pairs.length; i += 2) {
            settings.put((String) pairs[i], pairs[i + 1]);
        }
        return settings;
    }

    @Test
    void hasTheDocumentedDefaults() {
        WorkerSettings read = SettingsReader.read(settings());
        WorkerSettings plain =
                WorkerSettings.of("localhost:9092", "http://localhost:8081/apis/ccompat/v7", "noop", "/tmp/blobs");
        assertThat(read).isEqualTo(plain.withHttpPort(9404));
    }

    @Test
    void readsEveryKindOfSetting() {
        WorkerSettings read = SettingsReader.read(settings(
                "unifluid.worker.device", "cpu",
                "unifluid.worker.lock", "20s",
                "unifluid.worker.lanes", "generate-bulk,understand-bulk",
                "unifluid.fetch.roots", "/srv/pictures",
                "unifluid.fetch.hosts", List.of("a.example.org"),
                "kafka.security.protocol", "SSL",
                "share-group.share.heartbeat.interval.ms", "1000"));
        assertThat(read.model().options().device()).isEqualTo(DeviceChoice.CPU);
        assertThat(read.kafka().lock()).isEqualTo(Duration.ofSeconds(20));
        assertThat(Lane.of(read.flow().lanes()))
                .extracting(Lane::name)
                .containsExactly("understand-bulk", "generate-bulk");
        assertThat(read.pictures().fetch().allowedRoots()).containsExactly(Path.of("/srv/pictures"));
        assertThat(read.pictures().fetch().allowedHosts()).containsExactly("a.example.org");
        assertThat(read.kafka().client()).containsEntry("security.protocol", "SSL");
        assertThat(read.kafka().group()).containsEntry("share.heartbeat.interval.ms", "1000");
    }

    @Test
    void refusesWhatItDoesNotKnowOrCannotUse() {
        assertThatThrownBy(() -> SettingsReader.read(settings("unifluid.worker.modell", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unifluid.worker.modell");
        assertThatThrownBy(() -> SettingsReader.read(settings("kafka.security.protocl", "SSL")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kafka.security.protocl");
        assertThatThrownBy(() -> SettingsReader.read(settings("unifluid.worker.lanes", "fast")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("lanes is [fast]; give one or more of");
        assertThatThrownBy(() -> SettingsReader.read(settings("unifluid.worker.batches-per-poll", 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batches-per-poll is 0; give a whole number from 1 to 100.");
        assertThatThrownBy(() -> SettingsReader.read(settings("unifluid.worker.model", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("model is");
        assertThatThrownBy(() -> SettingsReader.read(settings("unifluid.worker.device", "gpu")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unifluid.worker.device is 'gpu'; give one of [AUTO, CPU, CUDA].");
        assertThatThrownBy(() -> SettingsReader.read(settings("unifluid.worker.http-port", "abc")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unifluid.worker.http-port is 'abc'; give a whole number.");
        assertThatThrownBy(() -> SettingsReader.read(settings("unifluid.fetch.timeout", "soon")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unifluid.fetch.timeout is 'soon'; give a duration such as 30s.");
        assertThatThrownBy(() -> SettingsReader.read(settings("unifluid.worker.warm-up", "perhaps")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unifluid.worker.warm-up is 'perhaps'; give true or false.");
    }
}

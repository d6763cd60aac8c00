package io.unifluid.worker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.inference.DeviceChoice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @Test
    void whatIsPassedThroughIsNamedAlikeInFilesAndInTheEnvironment() {
        WorkerSettings read = SettingsReader.read(
                settings(
                        "kafka.security.protocol", "SSL",
                        "kafka.ssl.truststore.location", "/all/trust.p12",
                        "unifluid.worker.kafka.security.protocol", "SASL_SSL",
                        "unifluid.worker.kafka.consumer.fetch.max.wait.ms", 100,
                        "unifluid.worker.registry.basic.auth.user.info", "worker:${SECRET}",
                        "registry.ssl.truststore.location", "/registry/trust.p12"),
                Map.of(
                        "UNIFLUID_WORKER_KAFKA_SASL_MECHANISM", "SCRAM-SHA-512",
                        "UNIFLUID_WORKER_KAFKA_PRODUCER_LINGER_MS", "7",
                        "UNIFLUID_WORKER_REGISTRY_BASIC_AUTH_CREDENTIALS_SOURCE", "USER_INFO",
                        "UNIFLUID_WORKER_REGISTRY_URL", "https://registry.example.org",
                        "UNIFLUID_WORKER_SHARE_GROUP_SHARE_HEARTBEAT_INTERVAL_MS", "1000",
                        "SECRET", "s3cret",
                        "KAFKA_PORT", "tcp://10.0.0.1:9092"));

        assertThat(read.kafka().client())
                .isEqualTo(Map.of(
                        "security.protocol", "SASL_SSL",
                        "ssl.truststore.location", "/all/trust.p12",
                        "consumer.fetch.max.wait.ms", "100",
                        "sasl.mechanism", "SCRAM-SHA-512",
                        "producer.linger.ms", "7"));
        assertThat(read.kafka().registryClient())
                .isEqualTo(Map.of(
                        "schema.registry.url", "https://registry.example.org",
                        "basic.auth.user.info", "worker:s3cret",
                        "basic.auth.credentials.source", "USER_INFO",
                        "schema.registry.ssl.truststore.location", "/registry/trust.p12"));
        assertThat(read.kafka().group()).containsExactly(Map.entry("share.heartbeat.interval.ms", "1000"));
        assertThat(read.toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        UNIFLUID_WORKER_MODELL                        | The setting UNIFLUID_WORKER_MODELL in the environment is not known
        UNIFLUID_FETCH_HOST                           | The setting UNIFLUID_FETCH_HOST in the environment is not known
        UNIFLUID_WORKER_KAFKA_SECURITY_PROTOCL        | The setting kafka.security.protocl is not known
        UNIFLUID_WORKER_KAFKA_CONSUMER_LINGER_MS      | The setting kafka.consumer.linger.ms is not known
        UNIFLUID_WORKER_KAFKA_RESTORE_CONSUMER_FETCH_MAX_WAIT_MS | The setting kafka.restore.consumer.fetch.max.wait.ms is not known
        UNIFLUID_WORKER_KAFKA_ACKS                    | The setting kafka.acks cannot be given
        UNIFLUID_WORKER_KAFKA_PRODUCER_ACKS           | The setting kafka.producer.acks cannot be given
        UNIFLUID_WORKER_KAFKA_BOOTSTRAP_SERVERS       | The setting kafka.bootstrap.servers cannot be given: set bootstrap-servers.
        UNIFLUID_WORKER_REGISTRY_BASIC_AUTH           | The setting registry.basic.auth is not known
        UNIFLUID_WORKER_SHARE_GROUP_SHARE_ISOLATION_LEVEL | The setting share-group.share.isolation.level cannot be given
        UNIFLUID_WORKER_KAFKA_SASL_JAAS_CONFIG        | The setting kafka.sasl.jaas.config cannot be read
        """)
    void aVariableThatCannotBeTakenStopsTheStart(String variable, String sentence) {
        assertThatThrownBy(() -> SettingsReader.read(settings(), Map.of(variable, "Some password=s3cret and more")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(sentence)
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        unifluid.worker.modell          | unifluid.worker.model
        unifluid.worker.pre-pared-batch | unifluid.worker.prepared-batches
        unifluid.fetch.max-byte         | unifluid.fetch.max-bytes
        """)
    void anUnknownNameIsAnsweredWithTheNearest(String name, String nearest) {
        assertThatThrownBy(() -> SettingsReader.read(settings(name, "x"), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The setting " + name + " is not known; the nearest is " + nearest
                        + ", and application.yml of the worker lists all of them.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        UNIFLUID_WORKER_LOCK               | 0s    | lock is PT0S; give a duration above zero, such as 30s.
        UNIFLUID_WORKER_HTTP_PORT          | 70000 | http-port is 70000; give a whole number from 0 to 65535.
        UNIFLUID_WORKER_MAX_PIXELS         | 0     | max-pixels is 0; give a whole number of at least 1.
        UNIFLUID_FETCH_MAX_BYTES           | -1    | UNIFLUID_FETCH_MAX_BYTES is -1; give a number of bytes from 1 to 2147483639.
        UNIFLUID_WORKER_INTER_OP_THREADS   | 0     | inter-op-threads is 0; give a whole number from 1 to 1024.
        """)
    void aValueOutOfBoundsIsSaidWithTheBounds(String variable, String value, String sentence) {
        assertThatThrownBy(() -> SettingsReader.read(settings(), Map.of(variable, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }

    @Test
    void aVariableGoesOverAllAndABlankOneIsNotSet() {
        WorkerSettings read = SettingsReader.read(
                settings("unifluid.worker.lock", "20s", "unifluid.worker.drain", "20s"),
                Map.of(
                        "UNIFLUID_WORKER_LOCK", "25s",
                        "UNIFLUID_WORKER_DRAIN", " ",
                        "UNIFLUID_WORKER_NAME", "",
                        "UNIFLUID_FETCH_ROOTS", "/srv/pictures, /data"));
        assertThat(read.kafka().lock()).isEqualTo(Duration.ofSeconds(25));
        assertThat(read.flow().drain()).isEqualTo(Duration.ofSeconds(20));
        assertThat(read.worker()).startsWith("worker-");
        assertThat(read.pictures().fetch().allowedRoots()).containsExactly(Path.of("/srv/pictures"), Path.of("/data"));
    }
}

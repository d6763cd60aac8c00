package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micronaut.context.env.PropertySource;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.streams.config.StatusPublishing;
import io.unifluid.streams.config.StreamsContext;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.topology.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static final Map<String, String> LEAST =
            Map.of("bootstrap-servers", "localhost:9092", "registry-url", "http://localhost:8081");

    @Test
    void twoAddressesAreEnough() {
        var settings = StreamsSettings.of(LEAST);

        assertThat(settings.bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(settings.registry()).containsEntry("schema.registry.url", "http://localhost:8081");
        assertThat(settings.commitInterval()).isEqualTo(Duration.ofMillis(100));
        assertThat(settings.status()).isEqualTo(StatusPublishing.BRIEF);
        assertThat(settings.httpPort()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        bootstrap-servers              | ''    | The setting bootstrap-servers is missing
        threads                        | 0     | The setting threads is 0; it must be from 1 to 64.
        threads                        | many  | The setting threads is 'many'; it must be a whole number.
        standbys                       | 6     | The setting standbys is 6; it must be from 0 to 5.
        commit-interval                | 50    | The setting commit-interval is '50'; it must be a duration
        commit-interval                | 1h    | The setting commit-interval is 3600s; it must be from 1ms to 10s.
        status                         | some  | The setting status is 'some'; it must be all, brief, terminal or off.
        lanes.understand-bulk.max-cost | -1    | The setting lanes.understand-bulk cannot work: maxCost is -1.0
        retry.factor                   | 0.5   | The setting lifecycle cannot work: factor is 0.5
        comit-interval                 | 50ms  | The setting comit-interval is not known
        lanes.understand.max-items     | 8     | The setting lanes.understand.max-items is not known
        kafka.security.protocl         | SSL   | The setting kafka.security.protocl is not known
        kafka.consumer.linger.ms       | 5     | The setting kafka.consumer.linger.ms is not known
        kafka.restore-consumer.fetch.max.bytes | 5 | The setting kafka.restore-consumer.fetch.max.bytes is not known
        kafka.topic.retention          | 5     | The setting kafka.topic.retention is not known
        kafka.processing.guarantee     | at_least_once | The setting kafka.processing.guarantee cannot be given
        kafka.producer.acks            | 0     | The setting kafka.producer.acks cannot be given
        kafka.main.consumer.isolation.level | read_uncommitted | The setting kafka.main.consumer.isolation.level cannot be given
        kafka.bootstrap.servers        | a:1   | The setting kafka.bootstrap.servers cannot be given: set bootstrap-servers.
        kafka.sasl.jaas.config         | password=s3cret | The setting kafka.sasl.jaas.config cannot be read: write LOGIN-MODULE
        registry.basic.auth            | a:b   | The setting registry.basic.auth is not known
        registry.schema.registry.url   | a:b   | The setting registry.schema.registry.url cannot be given
        """)
    void whatCannotWorkIsNamedInOneSentence(String name, String value, String sentence) {
        var values = new HashMap<>(LEAST);
        values.put(name, value);

        assertThatThrownBy(() -> StreamsSettings.of(values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(sentence);
    }

    @Test
    void kafkasOwnSettingsPassThroughAndWin() {
        var values = new HashMap<>(LEAST);
        values.put("kafka.security.protocol", "SASL_SSL");
        values.put("kafka.num.stream.threads", "3");
        var metrics = new StreamsMetrics(new io.micrometer.core.instrument.simple.SimpleMeterRegistry());

        assertThat(KafkaSettings.of(StreamsSettings.of(values), new Faults(metrics, RecordLimits.defaults())))
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("num.stream.threads", "3")
                .containsEntry("processing.guarantee", "exactly_once_v2");
    }

    @Test
    void filesAndEnvironmentVariablesMeanTheSameNames() {
        Map<String, Object> file = Map.of(
                "unifluid.streams.bootstrap-servers", "from-file:9092",
                "unifluid.streams.registry-url", "http://localhost:8081",
                "unifluid.streams.lanes.generate-bulk.max-items", 4,
                "kafka.security.protocol", "PLAINTEXT",
                "kafka.restore.consumer.fetch.max.bytes", 1000,
                "registry.ssl.truststore.location", "/trust.p12",
                "unifluid.streams.kafka.security.protocol", "SSL");
        var variables = Map.of(
                "UNIFLUID_STREAMS_BOOTSTRAP_SERVERS", "from-env:9092",
                "UNIFLUID_STREAMS_LANES_UNDERSTAND_BULK_MAX_WAIT", "80ms",
                "UNIFLUID_STREAMS_KAFKA_SASL_MECHANISM", "PLAIN",
                "UNIFLUID_STREAMS_REGISTRY_BASIC_AUTH_USER_INFO", "streams:s3cret",
                "KAFKA_PORT", "tcp://10.0.0.1:9092",
                "UNIFLUID_STREAMS_TENANT_WEIGHTS_ACME", "2.5",
                "OTHER", "ignored");
        try (var context = StreamsContext.ofProcess(new String[0], variables)) {
            context.getEnvironment().addPropertySource(PropertySource.of("file", file));
            var settings = context.start().getBean(StreamsSettings.class);

            assertThat(settings.bootstrapServers()).isEqualTo("from-env:9092");
            assertThat(settings.batches().get(Lane.GENERATE_BULK).maxItems()).isEqualTo(4);
            assertThat(settings.batches().get(Lane.UNDERSTAND_BULK).maxWait()).isEqualTo(Duration.ofMillis(80));
            assertThat(settings.tenantWeights()).containsExactly(Map.entry("acme", 2.5));
            assertThat(settings.kafka())
                    .containsOnly(
                            Map.entry("security.protocol", "SSL"),
                            Map.entry("sasl.mechanism", "PLAIN"),
                            Map.entry("restore.consumer.fetch.max.bytes", "1000"));
            assertThat(settings.registry())
                    .containsOnly(
                            Map.entry("schema.registry.url", "http://localhost:8081"),
                            Map.entry("basic.auth.user.info", "streams:s3cret"),
                            Map.entry("schema.registry.ssl.truststore.location", "/trust.p12"));
            assertThat(settings.toString()).doesNotContain("s3cret");
        }
    }

    @Test
    void aVariableThatNothingReadsIsNamedAsItIsWritten() {
        assertThatThrownBy(() -> StreamsContext.ofProcess(
                        new String[0],
                        Map.of("UNIFLUID_STREAMS_COMIT_INTERVAL", "50ms", "UNIFLUID_WORKER_MODEL", "noop")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The setting UNIFLUID_STREAMS_COMIT_INTERVAL in the environment is not known; the nearest is"
                                + " UNIFLUID_STREAMS_COMMIT_INTERVAL, and application.yml of the streams app lists all of them.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        unifluid.streams.comit-interval     | The setting comit-interval is not known; the nearest is commit-interval
        unifluid.streams.retry.attempts     | The setting retry.attempts is not known; the nearest is retry.max-attempts
        unifluid.streams.commit-interval.max | The setting commit-interval.max is not known
        """)
    void anArgumentOrAFileThatNothingReadsStopsTheStart(String name, String sentence) {
        var variables = Map.of(
                "UNIFLUID_STREAMS_BOOTSTRAP_SERVERS", "localhost:9092",
                "UNIFLUID_STREAMS_REGISTRY_URL", "http://localhost:8081");
        try (var context = StreamsContext.ofProcess(new String[] {"--" + name + "=1"}, variables)
                .start()) {
            assertThatThrownBy(() -> context.getBean(StreamsSettings.class)).hasStackTraceContaining(sentence);
        }
        try (var context = StreamsContext.ofProcess(new String[0], variables)) {
            context.getEnvironment().addPropertySource(PropertySource.of("file", Map.of(name, "1")));
            assertThatThrownBy(() -> context.start().getBean(StreamsSettings.class))
                    .hasStackTraceContaining(sentence);
        }
    }

    /** What the app read before Micronaut did, and what comes with it. */
    @ParameterizedTest
    @CsvSource({"250ms, 250", "5s, 5000", "1m, 60000", "PT0.5S, 500"})
    void durationsAreWrittenAsPeopleDo(String text, long millis) {
        var values = new HashMap<>(LEAST);
        values.put("watch-interval", text);
        assertThat(StreamsSettings.of(values).watchInterval()).isEqualTo(Duration.ofMillis(millis));
    }
}

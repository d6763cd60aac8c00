package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.DeadLetterHeaders.Origin;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.event.Home;
import io.unifluid.streams.event.Rerouted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What lies on another partition than its id's. The driver has one partition, so that what is passed on comes back to where
 * it does not belong either: that must not go round.
 */
class ReroutingTest {
    private static final int PARTITIONS = 4;
    private static final Home HOME = new Home(PARTITIONS);

    @TempDir
    Path folder;

    private Harness app;

    @BeforeEach
    void start() {
        app = Harness.of(PARTITIONS, folder);
    }

    @AfterEach
    void stop() {
        app.close();
    }

    @Test
    void whatLiesWhereItBelongsIsWorkedOnThere() {
        app.request(id(0)).cancel(id(0));

        assertThat(app.results()).extracting(result -> result.getStatus()).containsExactly(ResultStatus.CANCELLED);
        assertThat(rerouted(Topics.REROUTED)).isEmpty();
        assertThat(rerouted(Topics.REROUTED_AHEAD)).isEmpty();
    }

    @Test
    void whatLiesElsewhereIsPassedOnAsItCameAndSaysFromWhere() {
        var bulk = Harness.caption(id(1));
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        headers.add("mine", new byte[] {1});
        headers.add(RecordHeaders.REROUTED_FROM, utf8("unifluid.controls/0/0/0"));
        app.request(id(1), bulk, headers);

        assertThat(rerouted(Topics.REROUTED)).singleElement().satisfies(record -> {
            assertThat(record.key()).isEqualTo(id(1));
            assertThat(record.value()).isEqualTo(app.encoded(bulk));
            assertThat(text(record.headers(), "mine")).isEqualTo("\u0001");
            assertThat(record.headers().headers(RecordHeaders.REROUTED_FROM)).hasSize(1);
            assertThat(text(record.headers(), RecordHeaders.REROUTED_FROM))
                    .isEqualTo("unifluid.requests/0/0/" + app.now().toEpochMilli());
        });
        assertThat(app.count("unifluid.intake.rerouted", "topic", "unifluid.requests"))
                .isEqualTo(1);
    }

    @Test
    void whoIsWaitedForAndCancelsDoNotQueueUpBehindBulk() {
        var interactive = Harness.caption(id(1));
        interactive.setPriority(Priority.INTERACTIVE);
        app.request(interactive).cancel(id(2));

        assertThat(rerouted(Topics.REROUTED)).isEmpty();
        assertThat(rerouted(Topics.REROUTED_AHEAD))
                .extracting(record -> text(record.headers(), RecordHeaders.REROUTED_FROM))
                .allMatch(from -> from.startsWith("unifluid.requests.interactive/0/0/")
                        || from.startsWith("unifluid.controls/0/0/"))
                .hasSize(2);
    }

    @Test
    void whatWasPassedOnIsNeverPassedOnAgain() {
        app.request(id(1)).cancel(id(2));

        assertThat(rerouted(Topics.REROUTED)).hasSize(1);
        assertThat(rerouted(Topics.REROUTED_AHEAD)).hasSize(1);
        assertThat(app.deadLetters())
                .hasSize(2)
                .allSatisfy(letter -> {
                    assertThat(text(letter.headers(), RecordHeaders.DLQ_REASON)).contains("number of partitions");
                    assertThat(text(letter.headers(), RecordHeaders.DLQ_PARTITION))
                            .isEqualTo("0");
                    assertThat(text(letter.headers(), RecordHeaders.DLQ_OFFSET)).isEqualTo("0");
                    assertThat(letter.headers().lastHeader(RecordHeaders.REROUTED_FROM))
                            .isNull();
                })
                .extracting(letter -> text(letter.headers(), RecordHeaders.DLQ_TOPIC))
                .containsExactly("unifluid.requests", "unifluid.controls");
        assertThat(app.count("unifluid.dead.letters", "topic", "unifluid.requests"))
                .isEqualTo(1);
        assertThat(app.count("unifluid.requests.received")).isEqualTo(1);
    }

    @Test
    void whatNobodyCanPlaceIsADeadLetterAtOnce() {
        app.request(
                "another key", Harness.caption(id(1)), new org.apache.kafka.common.header.internals.RecordHeaders());

        assertThat(rerouted(Topics.REROUTED)).isEmpty();
        assertThat(app.deadLetters()).hasSize(1);
    }

    @Test
    void whatWasWrittenToTheInternalTopicByOthersIsADeadLetter() {
        for (var from : List.of("", "unifluid.requests", "unifluid.outcomes/0/0/0", "unifluid.requests/-1/0/0")) {
            var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
            headers.add(RecordHeaders.REROUTED_FROM, utf8(from));
            app.bytes(Topics.REROUTED, utf8(id(0)), app.encoded(Harness.caption(id(0))), headers);
        }
        app.bytes(
                Topics.REROUTED,
                utf8(id(0)),
                app.encoded(Harness.caption(id(0))),
                new org.apache.kafka.common.header.internals.RecordHeaders());

        assertThat(app.results()).isEmpty();
        assertThat(app.count("unifluid.dead.letters", "topic", Topics.REROUTED)).isEqualTo(5);
    }

    @Test
    void whatCameByTheInternalTopicIsWorkedOnWhereItBelongs() {
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        Rerouted.mark(headers, new Origin(Topics.REQUESTS.name(), 3, 42, 7));
        var noTask = Harness.caption(id(0));
        noTask.setTask(null);
        app.bytes(Topics.REROUTED, utf8(id(0)), app.encoded(noTask), headers);

        assertThat(app.results()).extracting(result -> result.getStatus()).containsExactly(ResultStatus.REJECTED);
        assertThat(app.count("unifluid.requests.received")).isZero();
    }

    /** An id of a partition. */
    private static String id(int partition) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "r" + i)
                .filter(id -> HOME.of(id) == partition)
                .findFirst()
                .orElseThrow();
    }

    private List<TestRecord<String, byte[]>> rerouted(String topic) {
        return app.driver
                .createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    private static String text(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

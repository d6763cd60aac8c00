package io.unifluid.worker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Topics;
import io.unifluid.worker.config.Lane;
import io.unifluid.worker.metrics.WorkerMetrics;
import io.unifluid.worker.sharegroup.AcquiredBatch;
import io.unifluid.worker.sharegroup.PollGate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

final class PublisherTest {
    private final AvroSerdes serdes = AvroSerdes.of("mock://publisher");
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Publisher publisher =
            new Publisher(producer, serdes.serializer(Topics.OUTCOMES), () -> false, new WorkerMetrics(registry));
    private final List<AcquiredBatch> settled = new ArrayList<>();

    private AcquiredBatch held(int deliveryCount) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("traceparent", new byte[] {7});
        return new AcquiredBatch(
                new Lane(Batches.LANE, 2),
                new ConsumerRecord<>(
                        "unifluid.work." + Batches.LANE,
                        1,
                        42L,
                        0L,
                        TimestampType.CREATE_TIME,
                        0,
                        0,
                        new byte[] {1},
                        new byte[] {2},
                        headers,
                        Optional.empty(),
                        Optional.of((short) deliveryCount)),
                new PollGate(1),
                settled::add);
    }

    private static Outcome outcome(String id, String text) {
        return Outcome.newBuilder()
                .setRequestId(id)
                .setKind(OutcomeKind.SUCCEEDED)
                .setOutput(new CaptionOutput(text, 0.0, 1))
                .setWorker("w")
                .build();
    }

    private Outcome written(int index) {
        return serdes.deserializer(Topics.OUTCOMES)
                .deserialize(
                        Topics.OUTCOMES.name(), producer.history().get(index).value());
    }

    @Test
    void outcomesOfOnePartitionTravelTogetherWhereThatIsRead() {
        var cluster = new Cluster(
                "c",
                List.of(),
                IntStream.range(0, 2)
                        .mapToObj(i -> new PartitionInfo(Topics.OUTCOMES.name(), i, null, null, null))
                        .toList(),
                Set.of(),
                Set.of());
        var two = new MockProducer<>(cluster, true, null, new ByteArraySerializer(), new ByteArraySerializer());
        var ids = List.of("a", "b", "c", "d", "e", "f");
        AcquiredBatch held = held(1);
        held.outcomesMayTravelTogether();
        new Publisher(two, serdes.serializer(Topics.OUTCOMES), () -> false, new WorkerMetrics(registry))
                .finish(held, ids.stream().map(id -> outcome(id, "x")).toList());

        assertThat(held.settlement()).isEqualTo(AcknowledgeType.ACCEPT);
        assertThat(two.history()).hasSize(2).allSatisfy(record -> {
            Outcome first = serdes.deserializer(Topics.OUTCOMES).deserialize(Topics.OUTCOMES.name(), record.value());
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(first.getRequestId());
            assertThat(first.getOthers())
                    .isNotEmpty()
                    .allSatisfy(other -> assertThat(Utils.toPositive(
                                            Utils.murmur2(other.getRequestId().getBytes(StandardCharsets.UTF_8)))
                                    % 2)
                            .isEqualTo(record.partition()));
        });
        assertThat(two.history().stream()
                        .map(record -> serdes.deserializer(Topics.OUTCOMES)
                                .deserialize(Topics.OUTCOMES.name(), record.value()))
                        .flatMap(first -> Stream.concat(Stream.of(first), first.getOthers().stream()))
                        .map(Outcome::getRequestId))
                .containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void acceptsOnceAllOutcomesAreWritten() {
        AcquiredBatch held = held(1);
        publisher.finish(held, List.of(outcome("a", "x"), outcome("b", "y")));
        assertThat(held.settlement()).isEqualTo(AcknowledgeType.ACCEPT);
        assertThat(producer.history())
                .extracting(record -> new String(record.key(), java.nio.charset.StandardCharsets.UTF_8))
                .containsExactly("a", "b");
        assertThat(producer.history()
                        .getFirst()
                        .headers()
                        .lastHeader("traceparent")
                        .value())
                .containsExactly(7);
        assertThat(registry.counter("unifluid.worker.items", "outcome", "succeeded")
                        .count())
                .isEqualTo(2);
    }

    @Test
    void releasesWhatCannotBeWritten() {
        producer.sendException = new KafkaException("no broker");
        AcquiredBatch held = held(1);
        publisher.finish(held, List.of(outcome("a", "x")));
        assertThat(held.settlement()).isEqualTo(AcknowledgeType.RELEASE);
        assertThat(settled).containsExactly(held);
        assertThat(registry.counter("unifluid.worker.publish.failures").count()).isEqualTo(1);
        assertThat(registry.counter("unifluid.worker.items", "outcome", "succeeded")
                        .count())
                .isZero();
    }

    @Test
    void triesAgainItselfWhenTheBrokersLimitIsNear() {
        AtomicInteger attempts = new AtomicInteger();
        producer.sendException = new KafkaException("no broker");
        Publisher persistent = new Publisher(
                producer,
                (topic, outcome) -> {
                    if (attempts.incrementAndGet() == 2) {
                        producer.sendException = null;
                    }
                    return new byte[] {1};
                },
                () -> false,
                new WorkerMetrics(registry));
        AcquiredBatch held = held(4);
        persistent.finish(held, List.of(outcome("a", "x")));
        assertThat(attempts).hasValue(2);
        assertThat(held.settlement()).isEqualTo(AcknowledgeType.ACCEPT);
    }

    @Test
    void replacesAResultThatNoRecordHolds() {
        publisher.finish(held(1), List.of(outcome("big", "x".repeat(Topics.MAX_RECORD_BYTES)), outcome("b", "y")));
        assertThat(written(0).getFailure()).isEqualTo(FailureKind.BAD_INPUT);
        assertThat(written(0).getMessage()).contains("bytes and a record takes");
        assertThat(written(1).getKind()).isEqualTo(OutcomeKind.SUCCEEDED);
    }

    @Test
    void aDeadLetterKeepsTheRecordAndIsRejectedAfterwards() {
        AcquiredBatch held = held(1);
        publisher.deadLetter(held, "why");
        assertThat(held.settlement()).isEqualTo(AcknowledgeType.REJECT);
        assertThat(producer.history()).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo(Topics.DEAD_LETTERS);
            assertThat(letter.key()).containsExactly(1);
            assertThat(letter.value()).containsExactly(2);
            assertThat(letter.headers().lastHeader("traceparent")).isNotNull();
            assertThat(new String(
                            letter.headers().lastHeader("unifluid.dlq.offset").value()))
                    .isEqualTo("42");
        });
    }

    @Test
    void aStartThatMustBeSureIsSaidToHaveFailed() {
        producer.sendException = new KafkaException("no broker");
        assertThat(publisher.started(held(2), List.of(outcome("a", "x")), true)).isFalse();
        assertThat(publisher.started(held(2), List.of(outcome("a", "x")), false))
                .isTrue();
    }
}

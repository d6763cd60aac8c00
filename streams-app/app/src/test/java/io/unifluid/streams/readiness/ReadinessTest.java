package io.unifluid.streams.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.HangingTransactions;
import io.unifluid.streams.Harness;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadinessTest {
    private static final String REQUESTS = Topics.REQUESTS.name();

    private final Layout layout = Layout.of(Harness.settings(Path.of("unused"), "application-id", "app"));

    @Test
    void isNotReadyWhileAnyCheckHasSomethingToSay() {
        var readiness = new Readiness(List.of(
                new Readiness.Check("one", Optional::empty),
                new Readiness.Check("two", () -> Optional.of("It is so.")),
                new Readiness.Check("three", () -> Optional.of("And so."))));
        assertThat(readiness.troubles()).containsExactly("two: It is so.", "three: And so.");
    }

    @ParameterizedTest
    @EnumSource(KafkaStreams.State.class)
    void onlyARunningTopologyIsNoTrouble(KafkaStreams.State state) {
        assertThat(Troubles.state(state, 0, 0).isEmpty()).isEqualTo(state == KafkaStreams.State.RUNNING);
    }

    @Test
    void whileStoresAreMadeAnewItSaysHowFarThatIs() {
        var state = new TopologyState();
        state.onChange(KafkaStreams.State.REBALANCING, KafkaStreams.State.CREATED);
        assertThat(state.trouble()).hasValue("REBALANCING: it is taking over its partitions; wait.");

        var partition = new TopicPartition("app-store-changelog", 1);
        state.onRestoreStart(partition, "store", 100, 1_100);
        state.onBatchRestored(partition, "store", 399, 300);
        assertThat(state.trouble()).hasValue("REBALANCING: it is making its stores anew, 300 of 1000 records; wait.");

        state.onRestoreEnd(partition, "store", 1_000);
        assertThat(state.trouble()).hasValue("REBALANCING: it is taking over its partitions; wait.");
        state.onChange(KafkaStreams.State.RUNNING, KafkaStreams.State.REBALANCING);
        assertThat(state.trouble()).isEmpty();
    }

    @Test
    void threadsThatFailAgainAndAgainAreTroubleUntilTheyHaveBeenCalmForAMinute() {
        var failures = new ThreadFailures(() -> {}, failure -> Optional.empty(), () -> true);
        for (int second = 0; second < 3; second++) {
            assertThat(failures.trouble(1, seconds(second))).isEmpty();
            failures.remember(new IllegalStateException("The store is broken."), seconds(second));
        }
        assertThat(failures.trouble(1, seconds(10)))
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .contains("3 times")
                        .contains("The store is broken.")
                        .doesNotContain("IllegalState"));
        assertThat(failures.trouble(1, seconds(61))).isEmpty();
    }

    @Test
    void partitionsThatWereRaisedForOneTopicAreNamedWithWhatToDo() {
        var partitions = new HashMap<String, Integer>();
        layout.topics().forEach(topic -> partitions.put(topic, 4));
        assertThat(layout.trouble(partitions)).isEmpty();

        partitions.put(REQUESTS, 8);
        assertThat(layout.trouble(partitions))
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .contains("unifluid.requests has 8")
                        .contains("unifluid.controls")
                        .contains("have 4")
                        .contains("More partitions"));
    }

    @Test
    void partitionsThatWereRaisedForAllDoNotFitTheAppsOwnTopics() {
        var partitions = new HashMap<String, Integer>();
        layout.topics().forEach(topic -> partitions.put(topic, topic.startsWith("app-") ? 4 : 8));
        assertThat(layout.trouble(partitions))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("app-lifecycle-states-changelog"));
    }

    @Test
    void theScheduleMayHaveANumberOfItsOwnAndWhatIsNotThereYetIsNotMissed() {
        var partitions = new HashMap<String, Integer>();
        layout.topics()
                .forEach(topic -> partitions.put(
                        topic,
                        topic.contains("schedule") || topic.contains("waiting") || topic.contains("reuse") ? 2 : 4));
        partitions.keySet().removeIf(topic -> topic.startsWith("app-"));
        assertThat(layout.trouble(partitions)).isEmpty();
    }

    @Test
    void topicsThatAreGoneAreNamed() {
        assertThat(Troubles.missing(List.of(REQUESTS, "b", "a"), view(Map.of(REQUESTS, 4), Map.of(), Map.of())))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("a, b"));
        assertThat(Troubles.missing(List.of(REQUESTS), view(Map.of(REQUESTS, 4), Map.of(), Map.of())))
                .isEmpty();
    }

    @Test
    void aTransactionThatNobodyWillEndIsNamedWithTheWayToEndIt() {
        assertThat(Troubles.hanging(List.of())).isEmpty();
        assertThat(Troubles.hanging(List.of(hanging("unifluid.schedule", 3), hanging("unifluid.outcomes", 1))))
                .hasValue("What lies from offset 17 of unifluid.outcomes-1 on cannot be read, since producer 42 began a"
                        + " transaction there that nobody will end: end it with 'unifluid transactions --abort' or with"
                        + " 'kafka-transactions.sh --bootstrap-server .. abort --topic unifluid.outcomes --partition 1"
                        + " --start-offset 17'.");
    }

    private static HangingTransactions.Hanging hanging(String topic, int partition) {
        return new HangingTransactions.Hanging(new TopicPartition(topic, partition), 17, 42, 0, OptionalInt.empty());
    }

    @Test
    void whatIsUnreadIsAWarningAtHalfAndTroubleNearTheEndOfItsRetention() {
        assertThat(Troubles.ageing(unread(Duration.ofDays(3)))).isEmpty();
        assertThat(Troubles.ageing(unread(Duration.ofDays(4)))).isPresent();
        assertThat(Troubles.nearRetention(unread(Duration.ofDays(5)))).isEmpty();
        assertThat(Troubles.nearRetention(unread(Duration.ofDays(6))))
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .contains("unifluid.requests")
                        .contains("6 days of the 7 days")
                        .contains("retention.ms"));
        assertThat(Troubles.nearRetention(view(Map.of(), Map.of(), Map.of(REQUESTS, Duration.ofDays(400)))))
                .as("kept for ever")
                .isEmpty();
    }

    @Test
    void aBrokerThatIsSilentForSeveralLooksIsTrouble() {
        var every = Duration.ofSeconds(10);
        var heard = Heard.since(Harness.START).failedLook();
        assertThat(Troubles.silent(heard, after(35), every)).isEmpty();
        assertThat(Troubles.silent(heard, after(36), every))
                .hasValue("Kafka has not answered for 36 s: check that its brokers run.");
    }

    @Test
    void aBrokerThatAnswersOneQuestionAfterTheOtherIsNotSilentHoweverLongTheLookTakes() {
        var every = Duration.ofSeconds(10);
        var heard = Heard.since(Harness.START);
        for (int second = 15; second <= 300; second += 15) {
            heard = heard.answer(after(second));
            assertThat(Troubles.silent(heard, after(second + 15), every)).isEmpty();
        }
    }

    @Test
    void oneLookThatFailedIsNoTroubleAndSeveralAreUntilOneIsWhole() {
        var every = Duration.ofSeconds(10);
        var late = Heard.since(Harness.START).failedLook().answer(after(30));
        assertThat(Troubles.silent(late, after(40), every)).isEmpty();
        var again = late.failedLook();
        assertThat(Troubles.silent(again, after(35), every)).isEmpty();
        assertThat(Troubles.silent(again, after(41), every))
                .hasValue("Kafka has not answered all questions for 41 s: check that all of its brokers run.");
        var whole = again.wholeLook(after(42));
        assertThat(Troubles.silent(whole.failedLook(), after(70), every)).isEmpty();
    }

    @Test
    void everyInputThatIsReadIsKeptForAWeekAtLeastAndBySizeNever() {
        for (var topic : Topics.all()) {
            var config = topic.config();
            if (!config.getOrDefault("cleanup.policy", "delete").contains("compact")) {
                assertThat(Long.parseLong(config.get("retention.ms")))
                        .as(topic.name())
                        .isGreaterThanOrEqualTo(Duration.ofDays(7).toMillis());
                assertThat(config).containsEntry("retention.bytes", "-1");
            }
        }
    }

    private static ClusterView unread(Duration age) {
        return view(Map.of(), Map.of(REQUESTS, Duration.ofDays(7)), Map.of(REQUESTS, age));
    }

    private static ClusterView view(
            Map<String, Integer> partitions, Map<String, Duration> retention, Map<String, Duration> unread) {
        return new ClusterView(partitions, retention, unread);
    }

    private static Instant after(long seconds) {
        return Harness.START.plusSeconds(seconds);
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}

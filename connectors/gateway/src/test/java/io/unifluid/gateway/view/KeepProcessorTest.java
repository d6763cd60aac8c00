package io.unifluid.gateway.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.LongAccumulator;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeepProcessorTest {
    private static final Duration KEPT = Duration.ofHours(1);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    /** With what is counted around each. */
    private static final int ROOM = 64 * 1024;

    @TempDir
    Path scratch;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LongAccumulator droppedUntil = new LongAccumulator(Math::max, 0);
    private final List<String> news = new ArrayList<>();
    private TopologyTestDriver driver;
    private Instant now = START;

    @BeforeEach
    void start() {
        var settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "view");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, scratch.toString());
        driver = new TopologyTestDriver(
                ViewTopology.of(
                        KEPT,
                        limits(),
                        (what, id, event) -> news.add(what + " " + text(id) + " " + text(event)),
                        _ -> {}),
                settings,
                START);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void theLastStatusCountsUntilThereIsAResult() {
        say(Topics.STATUS.name(), "a", "queued");
        say(Topics.STATUS.name(), "a", "running");
        assertThat(kept(Said.STATUS, "a")).isEqualTo("running");
        say(Topics.RESULTS.name(), "a", "done");
        say(Topics.STATUS.name(), "a", "late");
        assertThat(kept(Said.RESULT, "a")).isEqualTo("done");
        assertThat(kept(Said.STATUS, "a")).isNull();
        assertThat(news).containsExactly("STATUS a queued", "STATUS a running", "RESULT a done");
    }

    @Test
    void theFirstWhoTookItCounts() {
        say(Topics.ACCEPTED.name(), "a", "first");
        say(Topics.ACCEPTED.name(), "a", "second");
        assertThat(kept(Said.ACCEPTED, "a")).isEqualTo("first");
    }

    @Test
    void whatIsOldGoes() {
        say(Topics.RESULTS.name(), "a", "done");
        pass(Duration.ofMinutes(30));
        say(Topics.RESULTS.name(), "b", "done");
        pass(Duration.ofMinutes(31));
        assertThat(kept(Said.RESULT, "a")).isNull();
        assertThat(kept(Said.RESULT, "b")).isEqualTo("done");
        pass(Duration.ofMinutes(30));
        assertThat(kept(Said.RESULT, "b")).isNull();
        assertThat(meters.counter("old").count()).isEqualTo(2);
        assertThat(entries()).isZero();
    }

    @Test
    void whatIsSaidAnewStays() {
        say(Topics.STATUS.name(), "a", "queued");
        pass(Duration.ofMinutes(50));
        say(Topics.STATUS.name(), "a", "running");
        pass(Duration.ofMinutes(50));
        assertThat(kept(Said.STATUS, "a")).isEqualTo("running");
        pass(Duration.ofMinutes(20));
        assertThat(kept(Said.STATUS, "a")).isNull();
        assertThat(entries()).isZero();
    }

    @Test
    void theOldestGoForWantOfRoomAlsoWhenTheyAreReadLater() {
        for (int i = 1; i <= 100; i++) {
            pipe(Topics.RESULTS.name(), "r" + i, bytes("x".repeat(1000)), START.minusSeconds(i));
        }
        assertThat(kept(Said.RESULT, "r90")).isNull();
        assertThat(kept(Said.RESULT, "r1")).isNotNull();
        long dropped = (long) meters.counter("many").count();
        assertThat(entries()).isEqualTo(2 * (100 - dropped) + 1).isLessThanOrEqualTo(2 * ROOM / 1000);
        assertThat(dropped).isLessThan(60);
        long until = droppedUntil.get();
        assertThat(kept(Said.RESULT, "r" + secondsAgo(until))).isNull();
        assertThat(kept(Said.RESULT, "r" + (secondsAgo(until) - 1))).isNotNull();
        droppedUntil.reset();
        var again = new MockProcessorContext<Void, Void>();
        again.addStateStore(driver.getKeyValueStore(ViewTopology.KEPT));
        new KeepProcessor(limits(), (_, _, _) -> {}, _ -> {}).init(again);
        assertThat(droppedUntil.get()).as("what was dropped before a restart").isEqualTo(until);
    }

    @Test
    void aTombstoneTakesAStatusAway() {
        say(Topics.STATUS.name(), "a", "queued");
        pipe(Topics.STATUS.name(), "a", null, now);
        assertThat(kept(Said.STATUS, "a")).isNull();
        assertThat(entries()).isZero();
    }

    private KeepProcessor.Limits limits() {
        return new KeepProcessor.Limits(KEPT, ROOM, meters.counter("old"), meters.counter("many"), droppedUntil);
    }

    private static long secondsAgo(long millis) {
        return Duration.between(Instant.ofEpochMilli(millis), START).toSeconds();
    }

    private void say(String topic, String id, String event) {
        pipe(topic, id, bytes(event), now);
    }

    private void pipe(String topic, String id, byte[] event, Instant at) {
        driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(bytes(id), event, at);
    }

    private void pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    private String kept(Said what, String id) {
        var value = driver.<org.apache.kafka.common.utils.Bytes, byte[]>getKeyValueStore(ViewTopology.KEPT)
                .get(what.key(id));
        return value == null ? null : text(Kept.of(value).event());
    }

    private int entries() {
        int count = 0;
        try (var all = driver.getKeyValueStore(ViewTopology.KEPT).all()) {
            while (all.hasNext()) {
                all.next();
                count++;
            }
        }
        return count;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

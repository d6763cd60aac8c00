package io.unifluid.streams.readiness;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far Kafka Streams has come, and what waits for that. Thread-safe. */
public final class TopologyState implements KafkaStreams.StateListener {
    private static final Logger LOG = LoggerFactory.getLogger(TopologyState.class);

    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile KafkaStreams.State now = KafkaStreams.State.CREATED;
    private volatile boolean wasRunning;

    @Override
    public void onChange(KafkaStreams.State next, KafkaStreams.State before) {
        LOG.info("State {} -> {}", before, next);
        now = next;
        if (next == KafkaStreams.State.RUNNING) {
            wasRunning = true;
            ready.countDown();
        }
        if (next == KafkaStreams.State.ERROR || next == KafkaStreams.State.NOT_RUNNING) {
            ready.countDown();
            ended.countDown();
        }
    }

    public KafkaStreams.State now() {
        return now;
    }

    /** Whether requests were ever taken. */
    public boolean wasRunning() {
        return wasRunning;
    }

    /** @return false when it is not running in time, or has ended before it was */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        return ready.await(patience.toMillis(), TimeUnit.MILLISECONDS) && wasRunning;
    }

    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Also when it never began. */
    public void ended() {
        ended.countDown();
    }
}

package io.unifluid.worker.sharegroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.worker.config.Lane;
import io.unifluid.worker.metrics.WorkerMetrics;
import io.unifluid.worker.pipeline.Batches;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ShareGroupLoopTest {
    private static final Lane LANE = new Lane(Batches.LANE, 2);
    private static final Lane INTERACTIVE = new Lane("understand-interactive", 0);

    private final FakeShareConsumer consumer = new FakeShareConsumer();
    private final BlockingQueue<AcquiredBatch> started = new LinkedBlockingQueue<>();
    private final PollGate room = new PollGate(1);
    private ShareGroupLoop loop;
    private Thread thread;

    private void start(Duration lock) {
        loop = new ShareGroupLoop(
                LANE,
                consumer,
                lock,
                room,
                started::add,
                e -> {
                    throw e;
                },
                new WorkerMetrics(new SimpleMeterRegistry()));
        thread = Thread.ofPlatform().start(loop);
    }

    @AfterEach
    void stop() throws InterruptedException {
        loop.drain(Duration.ZERO);
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
    }

    private AcquiredBatch next() throws InterruptedException {
        AcquiredBatch batch = started.poll(10, TimeUnit.SECONDS);
        assertThat(batch).as("a batch handed on").isNotNull();
        return batch;
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void acknowledgesAsSettledAndThenTakesTheNext() throws Exception {
        consumer.add(1, 1, new byte[0]);
        consumer.add(2, 3, new byte[0]);
        start(Duration.ofMinutes(1));
        AcquiredBatch first = next();
        assertThat(first.deliveryCount()).isEqualTo(1);
        assertThat(consumer.committed(1)).isNull();
        first.settle(AcknowledgeType.ACCEPT);
        AcquiredBatch second = next();
        assertThat(second.deliveryCount()).isEqualTo(3);
        assertThat(consumer.committed(1)).isEqualTo(AcknowledgeType.ACCEPT);
        second.settle(AcknowledgeType.RELEASE);
        eventually(() -> consumer.committed(2) == AcknowledgeType.RELEASE);
    }

    @Test
    void onlyTheFirstSettlementCounts() throws Exception {
        consumer.add(1, 1, new byte[0]);
        start(Duration.ofMinutes(1));
        AcquiredBatch batch = next();
        batch.settle(AcknowledgeType.RELEASE);
        batch.settle(AcknowledgeType.ACCEPT);
        eventually(() -> consumer.committed(1) == AcknowledgeType.RELEASE);
    }

    @Test
    void renewsWhileWorkingAndDoesNotStartARenewedBatchAgain() throws Exception {
        consumer.add(1, 1, new byte[0]);
        start(Duration.ofMillis(60));
        AcquiredBatch batch = next();
        eventually(() -> consumer.renewals() >= 5);
        assertThat(started).isEmpty();
        batch.settle(AcknowledgeType.ACCEPT);
        eventually(() -> consumer.committed(1) == AcknowledgeType.ACCEPT);
    }

    @Test
    void givesUpABatchWhoseLockIsLost() throws Exception {
        consumer.add(1, 1, new byte[0]);
        consumer.loseRenewed();
        start(Duration.ofMillis(60));
        AcquiredBatch batch = next();
        eventually(batch::pointless);
        batch.settle(AcknowledgeType.ACCEPT);
        consumer.add(2, 1, new byte[0]);
        next().settle(AcknowledgeType.ACCEPT);
        eventually(() -> consumer.committed(2) == AcknowledgeType.ACCEPT);
        assertThat(consumer.committed(1)).isNull();
    }

    @Test
    void takesNoBulkWorkWhileInteractiveWorkWaits() throws Exception {
        room.entered(INTERACTIVE);
        consumer.add(1, 1, new byte[0]);
        start(Duration.ofMinutes(1));
        assertThat(started.poll(700, TimeUnit.MILLISECONDS)).isNull();
        room.left(INTERACTIVE);
        next().settle(AcknowledgeType.ACCEPT);
    }

    @Test
    void drainingWaitsForWhatIsHeldAndTakesNothingNew() throws Exception {
        consumer.add(1, 1, new byte[0]);
        consumer.add(2, 1, new byte[0]);
        start(Duration.ofMinutes(1));
        AcquiredBatch batch = next();
        loop.drain(Duration.ofSeconds(20));
        assertThat(started.poll(300, TimeUnit.MILLISECONDS)).isNull();
        assertThat(consumer.closed()).isFalse();
        batch.settle(AcknowledgeType.ACCEPT);
        thread.join(10_000);
        assertThat(consumer.closed()).isTrue();
        assertThat(consumer.committed(1)).isEqualTo(AcknowledgeType.ACCEPT);
        assertThat(consumer.committed(2)).isNull();
    }

    @Test
    void drainingGivesUpWhenItsTimeIsOver() throws Exception {
        consumer.add(1, 1, new byte[0]);
        start(Duration.ofMinutes(1));
        next();
        loop.drain(Duration.ZERO);
        thread.join(10_000);
        assertThat(consumer.committed(1)).isEqualTo(AcknowledgeType.RELEASE);
    }
}

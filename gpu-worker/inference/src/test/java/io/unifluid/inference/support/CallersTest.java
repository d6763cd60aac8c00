package io.unifluid.inference.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class CallersTest {
    private static final IntFunction<List<Integer>> AS_MANY_AS_CAN =
            most -> IntStream.range(0, most).boxed().toList();

    private final Callers callers = new Callers(3);

    @AfterEach
    void close() {
        callers.close();
    }

    @Test
    void sharesRunAtOnceAndComeBackInTheirOrder() {
        CyclicBarrier all = new CyclicBarrier(3);
        assertThat(callers.run(AS_MANY_AS_CAN, share -> {
                    meet(all);
                    return share * 10;
                }))
                .containsExactly(0, 10, 20);
    }

    @Test
    void placesThatAreNotNeededAreLeftToOthers() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<List<Integer>> first = threads.submit(() -> callers.run(_ -> List.of(1), share -> {
                meet(both);
                return share;
            }));
            Future<List<Integer>> second = threads.submit(() -> callers.run(_ -> List.of(2), share -> {
                meet(both);
                return share;
            }));
            assertThat(first.get()).containsExactly(1);
            assertThat(second.get()).containsExactly(2);
        }
    }

    @Test
    void neverMoreAtOnceThanThereArePlaces() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<List<Integer>>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 200; i++) {
                running.add(threads.submit(() -> callers.run(AS_MANY_AS_CAN, share -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    Thread.yield();
                    now.decrementAndGet();
                    return share;
                })));
            }
            for (Future<List<Integer>> each : running) {
                assertThat(each.get()).isNotEmpty();
            }
        }
        assertThat(most.get()).isBetween(2, 3);
    }

    @Test
    void whatOneShareThrowsIsThrownWhenAllHaveEndedAndNoPlaceIsLost() {
        for (int failing = 0; failing < 3; failing++) {
            int bad = failing;
            AtomicInteger ended = new AtomicInteger();
            assertThatThrownBy(() -> callers.run(AS_MANY_AS_CAN, share -> {
                        if (share == bad) {
                            throw new OutOfMemoryError("no more");
                        }
                        ended.incrementAndGet();
                        return share;
                    }))
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessage("no more");
            assertThat(ended.get()).isEqualTo(2);
        }
        assertThatThrownBy(() -> callers.run(
                        _ -> {
                            throw new IllegalStateException("no shares");
                        },
                        share -> share))
                .hasMessage("no shares");
        assertThat(callers.run(AS_MANY_AS_CAN, share -> share)).containsExactly(0, 1, 2);
    }

    @Test
    void whoWaitsComesBeforeWhoWouldSpread() throws Exception {
        CountDownLatch begun = new CountDownLatch(3);
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            Future<List<Integer>> spread = threads.submit(() -> callers.run(AS_MANY_AS_CAN, share -> {
                begun.countDown();
                await(go);
                return share;
            }));
            begun.await();
            Future<List<Integer>> waits = threads.submit(() -> callers.run(AS_MANY_AS_CAN, share -> share));
            assertThatThrownBy(() -> waits.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            go.countDown();
            assertThat(spread.get()).containsExactly(0, 1, 2);
            assertThat(waits.get()).isNotEmpty();
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

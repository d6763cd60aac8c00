package io.unifluid.streams.readiness;

import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.RegistryErrors;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a stream thread that failed, since the transaction it had open is repeated from the start; the faster the
 * failures follow each other, the longer it waits before (from 0.5 s to 10 s). An error of the JVM itself stops the app,
 * and so does Kafka's refusal while it starts: an operator waits for it then.
 */
public final class ThreadFailures implements StreamsUncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadFailures.class);
    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration CALM = Duration.ofMinutes(1);

    /** So many failures within {@link #CALM} are no chance any more. */
    private static final int LOOP = 3;

    private static final int LONGEST_DETAIL = 300;

    private final Runnable failed;
    private final Function<Throwable, Optional<String>> refusals;
    private final BooleanSupplier started;
    private volatile Optional<String> refusal = Optional.empty();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final AtomicInteger inARow = new AtomicInteger();
    private final AtomicLong lastAt = new AtomicLong(System.nanoTime());
    private final AtomicInteger pausing = new AtomicInteger();
    private final Deque<Long> recent = new ArrayDeque<>();
    private String how = "";

    /**
     * @param failed is told of every failure, to be counted
     * @param refusals says in one sentence what Kafka refused, where that is why a thread failed
     * @param started whether requests were ever taken
     */
    public ThreadFailures(Runnable failed, Function<Throwable, Optional<String>> refusals, BooleanSupplier started) {
        this.failed = failed;
        this.refusals = refusals;
        this.started = started;
    }

    /** What Kafka refused when a thread failed last, if that was why. */
    public Optional<String> refusal() {
        return refusal;
    }

    @Override
    public StreamThreadExceptionResponse handle(Throwable exception) {
        failed.run();
        refusal = refusals.apply(exception);
        remember(exception, System.nanoTime());
        if (isOfTheJvm(exception)) {
            LOG.error("The app stops: {}", exception.toString(), exception);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        if (refusal.isPresent() && !started.getAsBoolean()) {
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        var wait = nextWait(System.nanoTime());
        refusal.ifPresentOrElse(
                sentence -> LOG.warn("A stream thread failed and is replaced in {} ms. {}", wait.toMillis(), sentence),
                () -> LOG.warn("A stream thread failed and is replaced in {} ms.", wait.toMillis(), exception));
        pausing.incrementAndGet();
        try {
            pause(wait);
        } finally {
            pausing.decrementAndGet();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /**
     * Whether the threads get anywhere; one sentence if not.
     *
     * @param threads how many there should be
     */
    public synchronized Optional<String> trouble(int threads, long nanoTime) {
        recent.removeIf(at -> nanoTime - at > CALM.toNanos());
        if (recent.size() >= LOOP) {
            return Optional.of("Stream threads failed " + recent.size()
                    + " times within the last minute, the last time so: " + how);
        }
        return pausing.get() >= threads
                ? Optional.of("No stream thread runs until the one that failed is replaced: " + how)
                : Optional.empty();
    }

    synchronized void remember(Throwable exception, long nanoTime) {
        recent.addLast(nanoTime);
        var innermost = exception;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        var detail = Optional.ofNullable(innermost.getMessage()).orElse("no reason is known, see the log");
        how = refusal.or(() -> RegistryErrors.away(exception)).orElse(OneLine.of(detail, LONGEST_DETAIL));
    }

    /** Ends any wait, so that the app can close. */
    public void stop() {
        stopping.countDown();
    }

    Duration nextWait(long nanoTime) {
        if (nanoTime - lastAt.getAndSet(nanoTime) > CALM.toNanos()) {
            inARow.set(0);
        }
        int failures = Math.min(10, inARow.getAndIncrement());
        var wait = FIRST_WAIT.multipliedBy(1L << failures);
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    private void pause(Duration wait) {
        try {
            if (stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("Closing; the failed thread is not waited for.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isOfTheJvm(Throwable exception) {
        for (var cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof VirtualMachineError || cause instanceof LinkageError) {
                return true;
            }
        }
        return false;
    }
}

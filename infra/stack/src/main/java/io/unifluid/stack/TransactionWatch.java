package io.unifluid.stack;

import io.unifluid.schemas.access.HangingTransactions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * Ends transactions that nobody else will end, in any topic of the local broker: one that was stalled for longer than its
 * session may leave them, and an app that restores its stores would wait behind them for ever.
 */
public final class TransactionWatch implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(15);

    private final String bootstrapServers;
    private final Consumer<String> news;
    private final Duration every;
    private final Duration patience;
    private Optional<Thread> watching = Optional.empty();

    TransactionWatch(String bootstrapServers, Consumer<String> news) {
        this(bootstrapServers, news, EVERY, PATIENCE);
    }

    /** @param patience how long nothing must have moved behind one */
    public TransactionWatch(String bootstrapServers, Consumer<String> news, Duration every, Duration patience) {
        this.bootstrapServers = bootstrapServers;
        this.news = news;
        this.every = every;
        this.patience = patience;
    }

    public synchronized void start() {
        watching = Optional.of(Thread.ofVirtual().name("transaction-watch").start(this::watch));
    }

    private void watch() {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            var transactions = new HangingTransactions(admin, patience, ANSWERS_WITHIN);
            while (true) {
                Thread.sleep(every);
                look(transactions);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A broker that does not answer now may do so at the next look. */
    private void look(HangingTransactions transactions) throws InterruptedException {
        try {
            for (var one : transactions.look(transactions.everywhere(), Instant.now())) {
                transactions.abort(one);
                news.accept(one.sentence() + "; it was aborted");
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            // Its keeper tells of a broker that is away.
        }
    }

    @Override
    public synchronized void close() {
        watching.ifPresent(Thread::interrupt);
    }
}

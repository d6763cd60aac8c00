package io.unifluid.stack;

import io.unifluid.schemas.access.HangingTransactions;
import io.unifluid.schemas.access.HangingTransactions.Hanging;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    /** Of the watching thread. */
    private final Set<Hanging> refused = new HashSet<>();

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
                end(transactions, one);
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            // Its keeper tells of a broker that is away.
        }
    }

    /** What may not be ended is told once; somebody else has to. */
    private void end(HangingTransactions transactions, Hanging one) throws InterruptedException, TimeoutException {
        try {
            transactions.abort(one);
            news.accept(one.sentence() + "; it was aborted");
        } catch (ExecutionException e) {
            if (refused.add(one)) {
                news.accept(one.sentence() + ", and the broker does not let it be aborted ("
                        + e.getCause().getMessage() + "); 'unifluid transactions --abort' tries again");
            }
        }
    }

    @Override
    public synchronized void close() {
        watching.ifPresent(Thread::interrupt);
    }
}

package io.unifluid.moderation.topology;

import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.RegistryErrors;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a record that may be anything: one that cannot be decoded is a sentence, and a registry that is away is waited for,
 * since that says nothing about the record and a policy that is passed over would be missing until the next start.
 */
final class Patiently {
    private static final Logger LOG = LoggerFactory.getLogger(Patiently.class);
    private static final long PAUSE_MILLIS = 1_000;
    private static final int LONGEST = 300;

    /** What was read, or why not. */
    record Read<V>(Optional<V> value, String why) {
        <R> R flatMap(Function<V, R> of, Function<String, R> otherwise) {
            return value.map(of).orElseGet(() -> otherwise.apply(why));
        }
    }

    static <V> Read<V> read(Supplier<V> decoding) {
        while (true) {
            try {
                var value = decoding.get();
                return new Read<>(Optional.ofNullable(value), "The record has no value.");
            } catch (RuntimeException | StackOverflowError e) {
                var away = RegistryErrors.away(e);
                if (away.isEmpty()) {
                    return new Read<>(Optional.empty(), OneLine.of(String.valueOf(e.getMessage()), LONGEST));
                }
                LOG.warn("{}", away.get());
                if (!paused()) {
                    throw e;
                }
            }
        }
    }

    private static boolean paused() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Patiently() {}
}

package io.unifluid.archive.source;

import io.unifluid.archive.ItemException;
import io.unifluid.client.Failure;
import java.time.Duration;

/** Tries again what may come right by itself. */
final class Patience {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final int TRIES_OF_ONE = 4;
    private static final int TRIES_OF_ALL = 12;

    private Patience() {}

    /** What failed may come right by itself. */
    static final class Passing extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Failure failure;

        Passing(Failure failure, Throwable cause) {
            super(failure.message(), cause);
            this.failure = failure;
        }

        Failure failure() {
            return failure;
        }
    }

    /** Something that may fail for a while. */
    @FunctionalInterface
    interface Try<T> {
        T once() throws Passing, ItemException, InterruptedException;
    }

    /** One picture: some seconds, so that one dead host does not hold up the others. */
    static <T> T ofOneItem(Try<T> what) throws ItemException, InterruptedException {
        return tried(what, TRIES_OF_ONE);
    }

    /** What all others depend on: some minutes. */
    static <T> T ofTheRun(Try<T> what) throws ItemException, InterruptedException {
        return tried(what, TRIES_OF_ALL);
    }

    private static <T> T tried(Try<T> what, int most) throws ItemException, InterruptedException {
        var pause = FIRST;
        for (int tries = 1; ; tries++) {
            try {
                return what.once();
            } catch (Passing e) {
                if (tries == most) {
                    throw new ItemException(e.failure(), e);
                }
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : pause.multipliedBy(2);
        }
    }
}

package io.unifluid.worker.health;

import java.util.Optional;

/** What may keep a worker from its work; each answer is one sentence, and empty while all is well. Any thread may ask. */
public interface Vitals {
    /** Why it takes no work although nothing is wrong: it starts or ends. */
    Optional<String> phase();

    /** Why nothing is read any more. */
    Optional<String> broker();

    /** Why batches cannot be decoded now. */
    Optional<String> registry();

    /** Why the model runs nothing. */
    Optional<String> device();
}

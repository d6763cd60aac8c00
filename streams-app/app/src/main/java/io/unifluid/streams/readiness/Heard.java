package io.unifluid.streams.readiness;

import java.time.Instant;

/**
 * What was heard of Kafka. A look asks many questions one after the other, so that on a busy machine a whole one takes long:
 * only who answers none of them is silent.
 *
 * @param answered when the last question was answered, whichever
 * @param whole when the last look ended for which all of them were
 * @param failed looks in a row since then that had no answer to one of them
 */
record Heard(Instant answered, Instant whole, int failed) {
    static Heard since(Instant start) {
        return new Heard(start, start, 0);
    }

    Heard answer(Instant now) {
        return new Heard(now, whole, failed);
    }

    Heard wholeLook(Instant now) {
        return new Heard(now, now, 0);
    }

    Heard failedLook() {
        return new Heard(answered, whole, failed + 1);
    }
}

package io.unifluid.worker.config;

/** The worker cannot start; the message is one sentence that says what is wrong and what to do. */
public final class WorkerStartException extends RuntimeException {
    public WorkerStartException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}

package io.unifluid.operations.audit;

/** The topics could not be read to their end, so nothing is proven; the message is one sentence. */
public final class AuditException extends RuntimeException {
    private static final long serialVersionUID = 1;

    AuditException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}

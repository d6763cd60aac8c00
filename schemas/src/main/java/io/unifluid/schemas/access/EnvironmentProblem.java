package io.unifluid.schemas.access;

/** Something around us (a port, a folder, a process) is not as it must be; the message is one sentence for a person. */
public final class EnvironmentProblem extends RuntimeException {
    private static final long serialVersionUID = 1;

    public EnvironmentProblem(String sentence) {
        super(sentence);
    }

    public EnvironmentProblem(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}

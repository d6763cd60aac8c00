package io.unifluid.moderation.policy;

/** What a policy decides where there is no answer to judge: the model failed, or the deadline passed. */
public enum OnFailure {
    /** Let it pass. */
    OPEN,
    /** Keep it back. */
    CLOSED,
    /** Let a person look. */
    REVIEW;

    public Decision decision() {
        return switch (this) {
            case OPEN -> Decision.ALLOW;
            case CLOSED -> Decision.BLOCK;
            case REVIEW -> Decision.REVIEW;
        };
    }
}

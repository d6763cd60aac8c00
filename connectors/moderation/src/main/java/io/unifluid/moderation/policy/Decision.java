package io.unifluid.moderation.policy;

/** What is done with a picture, in the order of severity: of several, the last one counts. */
public enum Decision {
    ALLOW,
    REVIEW,
    BLOCK;

    public Decision or(Decision other) {
        return compareTo(other) >= 0 ? this : other;
    }
}

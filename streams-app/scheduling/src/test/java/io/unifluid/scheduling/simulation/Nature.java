package io.unifluid.scheduling.simulation;

/** What a simulated request truly is; the decisions under test do not know. */
enum Nature {
    HEALTHY,
    /** Kills every worker that runs it. */
    POISON,
    /** Cannot be run by anybody. */
    BAD,
    /** Refused by validation. */
    INVALID
}

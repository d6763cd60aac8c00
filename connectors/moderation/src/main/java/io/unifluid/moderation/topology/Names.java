package io.unifluid.moderation.topology;

import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import java.util.List;

/** Names of stores and sinks: they are state. */
public final class Names {
    static final String CASES_STORE = "cases";
    static final String WAKE_UP_STORE = "wake-ups";
    static final String POLICIES_STORE = "policies";
    static final String HASHES_STORE = "hashes";

    static final String CASES_SINK = "cases-out";
    static final String ROUTER_DEAD_LETTER_SINK = "router-dead-letters-out";
    static final String REQUESTS_SINK = "requests-out";
    static final String REQUESTS_INTERACTIVE_SINK = "interactive-out";
    static final String VERDICTS_SINK = "verdicts-out";
    static final String FLAGGED_SINK = "flagged-out";
    static final String RULINGS_SINK = "rulings-out";
    static final String DEAD_LETTER_SINK = "dead-letters-out";

    /** Stores with a changelog. */
    public static final List<String> STORES = List.of(CASES_STORE);

    /** What the app writes and others read. */
    public static final List<Topic<?>> WRITTEN =
            List.of(Topics.REQUESTS, Topics.REQUESTS_INTERACTIVE, Topics.VERDICTS, Topics.FLAGGED, Topics.RULINGS);

    private Names() {}
}

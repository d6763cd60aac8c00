package io.unifluid.moderation.hash;

import java.util.List;

/**
 * One entry of a hash list.
 *
 * @param tenant whose pictures it is about; {@link #EVERYBODY} for all
 * @param list name of the list
 * @param hash 64 lower-case hex digits of either kind
 */
public record HashEntry(
        String tenant, String list, Effect effect, Kind kind, String hash, List<String> labels, String note) {
    public static final String EVERYBODY = "*";

    /** What a match decides. */
    public enum Effect {
        ALLOW,
        BLOCK
    }

    /** What is compared. */
    public enum Kind {
        /** The same bytes. */
        SHA256,
        /** Looks the same. */
        PDQ
    }

    public HashEntry {
        labels = List.copyOf(labels);
    }
}

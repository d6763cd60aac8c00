package io.unifluid.archive;

import io.unifluid.client.PictureSigns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Counts what lies in an archive and is no item. Safe from any thread. */
public final class LeftOut {
    private static final int NAMED = 3;
    /** Names are anybody's, and so are extensions. */
    private static final int MOST_EXTENSIONS = 1000;

    private final AtomicLong others = new AtomicLong();
    private final AtomicLong hidden = new AtomicLong();
    private final AtomicLong links = new AtomicLong();
    private final AtomicLong special = new AtomicLong();
    private final AtomicLong filtered = new AtomicLong();
    private final Map<String, Long> byExtension = new ConcurrentHashMap<>();

    /** No picture, by name and first bytes. */
    public void other(String name) {
        others.incrementAndGet();
        PictureSigns.extension(name)
                .filter(extension -> byExtension.size() < MOST_EXTENSIONS || byExtension.containsKey(extension))
                .ifPresent(extension -> byExtension.merge(extension, 1L, Long::sum));
    }

    public void hidden() {
        hidden.incrementAndGet();
    }

    /** A link that is not followed, since nobody asked for that or since it leads round in a circle. */
    public void link() {
        links.incrementAndGet();
    }

    /** A pipe, socket or device. */
    public void special() {
        special.incrementAndGet();
    }

    /** Not included, or excluded. */
    public void filtered() {
        filtered.incrementAndGet();
    }

    /** All of them. */
    public long count() {
        return others.get() + hidden.get() + links.get() + special.get() + filtered.get();
    }

    /** One line for people, without a full stop; empty when nothing was left out. */
    public Optional<String> sentence() {
        var parts = new ArrayList<String>();
        if (others.get() > 0) {
            parts.add(others + (others.get() == 1 ? " that is no picture" : " that are no pictures") + kinds());
        }
        count(parts, hidden, "hidden");
        count(parts, links, links.get() == 1 ? "link" : "links");
        count(parts, special, special.get() == 1 ? "pipe, socket or device" : "pipes, sockets or devices");
        count(parts, filtered, "by --include and --exclude");
        return parts.isEmpty() ? Optional.empty() : Optional.of("left out: " + String.join(", ", parts));
    }

    private static void count(List<String> parts, AtomicLong count, String what) {
        if (count.get() > 0) {
            parts.add(count + " " + what);
        }
    }

    private String kinds() {
        var most = byExtension.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(NAMED)
                .map(kind -> kind.getValue() + " ." + kind.getKey())
                .toList();
        return most.isEmpty()
                ? ""
                : most.stream().collect(Collectors.joining(", ", " (", byExtension.size() > NAMED ? ", ..)" : ")"));
    }
}

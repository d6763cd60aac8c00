package io.unifluid.connect;

import io.unifluid.archive.Item;
import io.unifluid.archive.ItemStream;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Position;
import io.unifluid.archive.source.Archives;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What a task reads of one source: some of its parts, each from where it stands. Not thread-safe. */
final class Share {
    private final Archives source;
    private final int of;
    private final Map<Integer, Place> places = new TreeMap<>();
    private final Map<Place, Position> reached;

    private Share(Archives source, int of, Collection<Place> places, Map<Place, Position> reached) {
        this.source = source;
        this.of = of;
        places.forEach(place -> this.places.put(place.part(), place));
        this.reached = reached;
    }

    /**
     * The shares of a task; one for each source of which anything is its own.
     *
     * @param parts into which sources of many files are split
     * @param reached where places stand; those that are not in it are read from their beginning
     */
    static List<Share> of(
            Archives archives, String run, String asked, int parts, int task, int tasks, Map<Place, Position> reached) {
        return archives.each().stream()
                .map(source -> {
                    int of = source.oneFile() ? 1 : parts;
                    var own = IntStream.range(0, of)
                            .mapToObj(part -> new Place(run, asked, source.name(), part, of))
                            .filter(place -> place.task(tasks) == task)
                            .toList();
                    return new Share(source, of, own, reached);
                })
                .filter(share -> !share.places.isEmpty())
                .toList();
    }

    Collection<Place> places() {
        return places.values();
    }

    /** The task's own items, and those of its own parts that were read before. */
    ItemStream open(LeftOut leftOut) {
        return source.open(first(), leftOut, file -> places.containsKey(Place.of(file, of)));
    }

    Place place(Item item) {
        return places.get(Place.of(item.position().file(), of));
    }

    /** Whether it was not read yet. */
    boolean wants(Item item) {
        var before = reached.get(place(item));
        return before == null || item.position().compareTo(before) > 0;
    }

    /** Before it, nothing is left to read of any part. */
    private Position first() {
        return places.values().stream()
                .map(place -> reached.getOrDefault(place, Position.START))
                .min(Comparator.naturalOrder())
                .orElse(Position.START);
    }
}

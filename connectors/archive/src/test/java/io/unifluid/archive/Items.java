package io.unifluid.archive;

import io.unifluid.archive.source.Archives;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** All items of an archive, as a test wants to see them. */
public final class Items {
    /** Who was read, with how many bytes, or why not. */
    public record Seen(Position position, String archive, String member, String became) {
        public boolean broken() {
            return became.contains(":");
        }
    }

    private Items() {}

    public static List<Seen> of(Path... sources) throws Exception {
        return of(Selection.PICTURES, sources);
    }

    public static List<Seen> of(Selection selection, Path... sources) throws Exception {
        return of(
                Archives.of(Stream.of(sources).map(Path::toString).toList(), selection, true),
                Position.START,
                new LeftOut());
    }

    public static List<Seen> of(ArchiveReader archive, Position after, LeftOut leftOut) throws Exception {
        var seen = new ArrayList<Seen>();
        try (var items = archive.open(after, leftOut)) {
            for (var item = items.next(); item != null; item = items.next()) {
                seen.add(new Seen(item.position(), item.archive(), item.member(), became(item)));
            }
        }
        return seen;
    }

    public static List<String> members(List<Seen> seen) {
        return seen.stream().map(Seen::member).toList();
    }

    public static List<String> broken(List<Seen> seen) {
        return seen.stream()
                .filter(Seen::broken)
                .map(item -> item.member() + " " + item.became())
                .toList();
    }

    private static String became(Item item) throws InterruptedException {
        return switch (item.content()) {
            case Content.Remote(var uri) -> "at " + uri.replace(":", "%3a");
            case Content.Broken(var failure) -> failure.kind() + ": " + failure.message();
            case Content.Bytes(var loader, var _) -> {
                try {
                    yield Integer.toHexString(Arrays.hashCode(Objects.requireNonNull(loader.load())));
                } catch (ItemException e) {
                    yield e.failure().kind() + ": " + e.failure().message();
                }
            }
        };
    }
}

package io.unifluid.archive.source;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which column of a table has the pictures, by the names that people use. */
final class Columns {
    static final List<String> URLS =
            List.of("url", "image_url", "img_url", "imageurl", "image_link", "link", "uri", "src", "image_uri");
    static final List<String> BYTES = List.of(
            "image", "img", "picture", "photo", "jpg", "jpeg", "png", "webp", "bytes", "image_bytes", "content");

    private Columns() {}

    static Optional<String> first(List<String> names, List<String> known) {
        return known.stream()
                .flatMap(wanted -> names.stream()
                        .filter(name -> name.strip().toLowerCase(Locale.ROOT).equals(wanted)))
                .findFirst();
    }

    /** For a sentence. */
    static String unknown(Optional<String> asked, List<String> names) {
        var has = names.isEmpty() ? "it has no columns" : "it has " + String.join(", ", names);
        return asked.map(name -> "The table has no column " + name + " with pictures or URLs (" + has + ").")
                .orElse("No column of the table looks like pictures or URLs (" + has + "): name it with --column.");
    }
}

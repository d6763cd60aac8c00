package io.unifluid.client;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Counts what lies in folders and is not sent. Not thread-safe. */
public final class LeftOut {
    private static final int NAMED = 3;

    private final Map<String, Integer> byExtension = new HashMap<>();
    private int files;
    private int hidden;
    private int special;

    void file(Path file) {
        files++;
        PictureSigns.extension(file.getFileName().toString())
                .ifPresent(extension -> byExtension.merge(extension, 1, Integer::sum));
    }

    void hidden() {
        hidden++;
    }

    void special() {
        special++;
    }

    boolean isEmpty() {
        return files + hidden + special == 0;
    }

    /** One line for people, without a full stop; empty when nothing was left out. */
    public Optional<String> sentence() {
        var parts = new ArrayList<String>();
        if (files > 0) {
            parts.add(files + (files == 1 ? " file that is no picture" : " files that are no pictures") + " (" + kinds()
                    + "--all sends " + (files == 1 ? "it" : "them") + " too)");
        }
        if (hidden > 0) {
            parts.add(hidden + " hidden");
        }
        if (special > 0) {
            parts.add(special + (special == 1 ? " pipe, socket or device" : " pipes, sockets or devices"));
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of("left out: " + String.join(", ", parts));
    }

    private String kinds() {
        List<Map.Entry<String, Integer>> most = byExtension.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(NAMED)
                .toList();
        return most.isEmpty()
                ? ""
                : most.stream()
                                .map(kind -> kind.getValue() + " ." + kind.getKey())
                                .collect(Collectors.joining(", "))
                        + (most.size() < byExtension.size() ? ", ..; " : "; ");
    }
}

package io.unifluid.inference.library;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.hub.HubFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The head of a hub folder's README.md, between two lines of {@code ---}: its licence and what it was trained on. */
record HubReadme(Map<String, List<String>> fields) {
    static final String FILE = "README.md";

    private static final Map<String, String> SPDX = Map.of(
            "apache-2.0", "Apache-2.0",
            "mit", "MIT",
            "bsd-3-clause", "BSD-3-Clause",
            "cc-by-4.0", "CC-BY-4.0",
            "cc-by-sa-4.0", "CC-BY-SA-4.0",
            "cc-by-nc-4.0", "CC-BY-NC-4.0",
            "cc0-1.0", "CC0-1.0",
            "openrail", "LicenseRef-OpenRAIL",
            "gemma", "LicenseRef-Gemma");

    static HubReadme of(HubFolder folder) {
        return folder.has(FILE) ? read(folder.file(FILE)) : new HubReadme(Map.of());
    }

    private static HubReadme read(Path file) {
        List<String> lines;
        try {
            // Whatever its encoding: only ASCII is looked for.
            lines = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new BundleException("The file " + file + " cannot be read to its end.", e);
        }
        Map<String, List<String>> fields = new TreeMap<>();
        if (lines.isEmpty() || !lines.getFirst().strip().equals("---")) {
            return new HubReadme(fields);
        }
        List<String> values = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            if (line.strip().equals("---")) {
                break;
            }
            if (line.strip().startsWith("- ")) {
                values.add(plain(line.strip().substring(2)));
            } else if (!line.isBlank() && !Character.isWhitespace(line.charAt(0)) && line.indexOf(':') > 0) {
                values = new ArrayList<>();
                fields.put(line.substring(0, line.indexOf(':')).strip(), values);
                String value = line.substring(line.indexOf(':') + 1).strip();
                for (String part : value.startsWith("[") ? value.substring(1).split("[,\\]]") : new String[] {value}) {
                    if (!plain(part).isEmpty()) {
                        values.add(plain(part));
                    }
                }
            }
        }
        return new HubReadme(fields);
    }

    private static String plain(String value) {
        return value.strip().replaceAll("^[\"']|[\"']$", "");
    }

    private Optional<String> first(String field) {
        return fields.getOrDefault(field, List.of()).stream().findFirst();
    }

    /** What the folder says its licence is. */
    Optional<String> licence() {
        return first("license").map(id -> {
            String low = id.toLowerCase(Locale.ROOT);
            return low.equals("other")
                    ? "LicenseRef-" + first("license_name").orElse("other").replaceAll("[^A-Za-z0-9.-]", "-")
                    : SPDX.getOrDefault(low, id);
        });
    }

    /** A file of the folder that holds the licence's text, where the README names one. */
    Optional<String> licenceFile() {
        return first("license_link").filter(link -> !link.contains("://"));
    }

    /** Names of data sets. */
    List<String> datasets() {
        return fields.getOrDefault("datasets", List.of());
    }

    List<String> languages() {
        return Stream.of("language", "languages")
                .flatMap(field -> fields.getOrDefault(field, List.of()).stream())
                .toList();
    }
}

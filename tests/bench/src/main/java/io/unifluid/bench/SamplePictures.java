package io.unifluid.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The encoded pictures of the sample archive, in memory. */
record SamplePictures(List<byte[]> encoded) {
    static SamplePictures of(Path archive) throws IOException {
        try (var files = Files.list(archive)) {
            var pictures = new ArrayList<byte[]>();
            for (var file : files.filter(file -> file.toString().matches(".*\\.(png|jpg)"))
                    .sorted()
                    .toList()) {
                pictures.add(Files.readAllBytes(file));
            }
            if (pictures.isEmpty()) {
                throw new IllegalArgumentException("There are no pictures in " + archive + ".");
            }
            return new SamplePictures(pictures);
        }
    }
}

package io.unifluid.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a file is meant as a picture: by its extension, else by its first bytes. Also pictures that no worker reads,
 * such as HEIC and AVIF, so that their owner is told so by name and does not miss them.
 */
public final class PictureSigns {
    private static final Set<String> EXTENSIONS = Set.of(
            "png", "apng", "jpg", "jpeg", "jpe", "jfif", "pjpeg", "pjp", "gif", "bmp", "dib", "webp", "tif", "tiff",
            "heic", "heif", "hif", "avif", "jxl", "jp2");
    /** Major brands of the ISO base media format that are pictures. */
    private static final Set<String> BRANDS =
            Set.of("avif", "avis", "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1");

    private static final int FIRST_BYTES = 16;

    private PictureSigns() {}

    /** The part of the name behind its last dot, in small letters; empty where there is none. */
    public static Optional<String> extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 1 || dot == name.length() - 1
                ? Optional.empty()
                : Optional.of(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    /** By the name alone. */
    public static boolean named(String name) {
        return extension(name).filter(EXTENSIONS::contains).isPresent();
    }

    /** By the name, else by the first bytes. */
    public static boolean in(Path file) throws IOException {
        if (named(file.getFileName().toString())) {
            return true;
        }
        try (var in = Files.newInputStream(file)) {
            return begins(in.readNBytes(FIRST_BYTES));
        }
    }

    /** By the first 16 bytes alone, or as many as there are. */
    public static boolean begins(byte[] bytes) {
        var text = new String(Arrays.copyOf(bytes, FIRST_BYTES), StandardCharsets.ISO_8859_1);
        return text.startsWith("\u0089PNG\r\n\u001a\n")
                || text.startsWith("\u00ff\u00d8\u00ff")
                || text.startsWith("GIF87a")
                || text.startsWith("GIF89a")
                || text.startsWith("RIFF") && text.startsWith("WEBP", 8)
                || text.startsWith("II*\0")
                || text.startsWith("MM\0*")
                || text.startsWith("II+\0")
                || text.startsWith("MM\0+")
                // Two letters alone begin many a text; the four bytes are reserved.
                || text.startsWith("BM") && text.startsWith("\0\0\0\0", 6)
                || text.startsWith("ftyp", 4) && BRANDS.contains(text.substring(8, 12))
                || text.startsWith("\0\0\0\fJXL \r\n\u0087\n")
                || text.startsWith("\0\0\0\fjP  \r\n\u0087\n");
    }
}

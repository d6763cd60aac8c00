package io.unifluid.archive.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a file is: one picture, or many. */
enum FileKind {
    PICTURE,
    TAR,
    TAR_GZ,
    ZIP,
    PARQUET,
    URLS,
    URL_TABLE;

    private static final int TAR_MAGIC = 257;

    /** By its name alone; a list of URLs is one only where it was named, since a folder has many a text. */
    static FileKind ofName(String name, boolean named) {
        var lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".tar")) {
            return TAR;
        }
        if (lower.endsWith(".tar.gz") || lower.endsWith(".tgz")) {
            return TAR_GZ;
        }
        if (lower.endsWith(".zip")) {
            return ZIP;
        }
        if (lower.endsWith(".parquet")) {
            return PARQUET;
        }
        if (named && lower.endsWith(".txt")) {
            return URLS;
        }
        return named && (lower.endsWith(".csv") || lower.endsWith(".tsv")) ? URL_TABLE : PICTURE;
    }

    /** Of a file that was named: by its name, else by its first bytes. */
    static FileKind of(Stored file) throws IOException, InterruptedException {
        var byName = ofName(file.name(), true);
        if (byName != PICTURE || file.picture()) {
            return byName;
        }
        try (InputStream in = file.open()) {
            var first = new String(in.readNBytes(TAR_MAGIC + 5), StandardCharsets.ISO_8859_1);
            if (first.startsWith("\u001f\u008b")) {
                return TAR_GZ;
            }
            if (first.startsWith("PK\u0003\u0004") || first.startsWith("PK\u0005\u0006")) {
                return ZIP;
            }
            return first.startsWith("PAR1") ? PARQUET : first.startsWith("ustar", TAR_MAGIC) ? TAR : PICTURE;
        }
    }
}

package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The ahead-of-time cache of one JVM (JEP 483, 514 and 515): its classes, read and linked, and profiles of its methods.
 * The first run that ends in good order writes it, which takes its exit some seconds; each later one of the same
 * program reads it. The name of the file says which program: the JVM ignores a cache of other jars without a word, and
 * would go on ignoring it.
 *
 * @param folder where it lies
 * @param name of the JVM
 * @param classPath in this order
 * @param collector of the JVM
 */
record AotCache(Path folder, String name, List<Path> classPath, Collector collector) {
    private static final String ENDING = ".aot";
    /** Of the file beside it, in JDK 25 and later. */
    private static final String RECORDED = ".config";

    /** Options that read the cache where there is one, and otherwise write it when the JVM ends. */
    List<String> readOrWritten() {
        var file = file();
        if (isWhole(file)) {
            return List.of("-XX:AOTCache=" + file);
        }
        removeOthers();
        return List.of("-XX:AOTCacheOutput=" + file);
    }

    /** Options that read the cache where there is one. */
    List<String> read() {
        var file = file();
        return isWhole(file) ? List.of("-XX:AOTCache=" + file) : List.of();
    }

    /** Whether one of the folder is still to be written, or was when its JVM was killed: what ends may take its time. */
    static boolean anyUnwritten(Path folder) {
        try (var files = Files.newDirectoryStream(folder, "*" + ENDING + RECORDED)) {
            return files.iterator().hasNext();
        } catch (IOException e) {
            return false; // nobody has begun one there
        }
    }

    private Path file() {
        return folder.resolve(name + "-" + fingerprint() + ENDING);
    }

    /**
     * What the JVM makes the cache of lies beside it until the cache is whole, and it writes the head last, so that what it was
     * killed over begins with zeros. A damaged one would crash its reader; {@code VerifySharedSpaces} would find that, and read
     * all of it into memory at each start.
     */
    private static boolean isWhole(Path file) {
        if (!Files.isRegularFile(file) || Files.exists(file.resolveSibling(file.getFileName() + RECORDED))) {
            return false;
        }
        try (var in = new DataInputStream(Files.newInputStream(file))) {
            return in.readInt() != 0;
        } catch (IOException e) {
            return false;
        }
    }

    private String fingerprint() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((System.getProperty("java.vm.version") + collector).getBytes(StandardCharsets.UTF_8));
            for (var jar : classPath) {
                var is = Files.readAttributes(jar, BasicFileAttributes.class);
                digest.update((jar + File.pathSeparator + is.size() + File.pathSeparator + is.lastModifiedTime())
                        .getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        } catch (IOException e) {
            throw new EnvironmentProblem("Could not read " + e.getMessage() + ": build again.", e);
        }
    }

    /** Caches of earlier builds, of 100 MB each. */
    private void removeOthers() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var files = Files.newDirectoryStream(folder, name + "-*" + ENDING + "*")) {
            for (var file : files) {
                if (file.getFileName().toString().matches(name + "-[0-9a-f]{12}\\.aot.*")) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new EnvironmentProblem(
                    "Could not remove the old caches in " + folder + " (" + e.getMessage() + ").", e);
        }
    }
}

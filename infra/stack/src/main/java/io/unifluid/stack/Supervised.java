package io.unifluid.stack;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Runs another main class in a process that ends when its standard input does: whoever started it holds the other end
 * of that pipe, so that a child never outlives a parent that was killed. Arguments: the main class, then its arguments.
 */
final class Supervised {
    private static final int LONGEST_STOP_MS = 20_000;

    private Supervised() {}

    /** Where this class lies. */
    static Path classPath() {
        return Path.of(URI.create(Supervised.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
    }

    public static void main(String[] arguments) throws Exception {
        var watch = new Thread(Supervised::exitAtEndOfInput, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object)
                Arrays.copyOfRange(arguments, 1, arguments.length));
    }

    private static void exitAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // whatever arrives means only that the parent lives
            }
        } catch (IOException e) {
            // a broken pipe says the same as its end
        }
        var halt = new Thread(Supervised::haltLater, "halt");
        halt.setDaemon(true);
        halt.start();
        System.exit(0);
    }

    /** A shutdown hook may wait for a broker that has died with the same parent. */
    private static void haltLater() {
        try {
            Thread.sleep(LONGEST_STOP_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }
}

package io.unifluid.testkit;

import java.io.IOException;
import java.util.Arrays;

/**
 * Runs another main class in a process that ends when its standard input does: a test JVM that is killed takes the
 * servers that it started with it. Arguments: the main class, then its arguments.
 */
final class DiesWithParent {
    private DiesWithParent() {}

    public static void main(String[] arguments) throws Exception {
        var watch = new Thread(DiesWithParent::exitAtEndOfInput, "dies-with-parent");
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
        System.exit(0);
    }
}

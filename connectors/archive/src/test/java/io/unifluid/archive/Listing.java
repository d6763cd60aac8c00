package io.unifluid.archive;

import java.nio.file.Path;

/** Prints the items of a folder, for a test that reads it with fewer rights than its own. */
public final class Listing {
    private Listing() {}

    /** @param arguments the folder */
    public static void main(String[] arguments) throws Exception {
        for (var item : Items.of(Path.of(arguments[0]))) {
            System.out.println(item.member() + " " + (item.broken() ? item.became() : "read"));
        }
    }
}

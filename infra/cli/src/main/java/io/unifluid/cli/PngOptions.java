package io.unifluid.cli;

import picocli.CommandLine.Option;

/** Where pictures that the model makes go. */
final class PngOptions {
    @Option(
            names = "--out",
            paramLabel = "FILE|DIR",
            description = "where to (default: a name with the seed, here); '.png' is added where it is missing,"
                    + " and -1, -2, .. with several pictures")
    private String out;

    @Option(names = "--force", description = "replace files that are there already")
    private boolean force;

    /**
     * @param name what file names start with when no file is named
     * @throws IllegalArgumentException before any work, when they cannot be written there or would replace something
     */
    PngFiles files(String name, int count) {
        var files = new PngFiles(out, name, count, force);
        files.requireWritable();
        return files;
    }
}

package io.unifluid.testkit;

/**
 * A picture that somebody might send to do harm.
 *
 * @param name says what it is; for mutants also how it is made again
 */
public record HostilePicture(String name, byte[] bytes) {
    @Override
    public String toString() {
        return name + " (" + bytes.length + " bytes)";
    }
}

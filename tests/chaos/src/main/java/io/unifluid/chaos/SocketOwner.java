package io.unifluid.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whose a connection on this machine is, from {@code /proc} (see proc(5), {@code /proc/net/tcp} and {@code /proc/pid/fd}). */
final class SocketOwner {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final String LISTEN = "0A";
    /** 127.x.x.x, also mapped into IPv6, and ::1; the kernel writes the bytes of each word in reverse. */
    private static final Pattern LOOPBACK = Pattern.compile("^(0{16}F{4}0{4})?[0-9A-F]{6}7F:|^0{24}01000000:");

    private SocketOwner() {}

    /** Whether the process holds the end of a connection that has this port and the other end that one. */
    static boolean owns(long pid, int port, int otherPort) {
        return TABLES.stream()
                .flatMap(SocketOwner::rows)
                .filter(row -> port(row[LOCAL]) == port && port(row[REMOTE]) == otherPort)
                .anyMatch(row -> holds(pid, "socket:[" + row[INODE] + "]"));
    }

    /** The addresses with ports on which the process listens, as the kernel writes them, but those of the loopback. */
    static List<String> listensBeyondLoopback(long pid) {
        return TABLES.stream()
                .flatMap(SocketOwner::rows)
                .filter(row -> row[STATE].equals(LISTEN)
                        && !LOOPBACK.matcher(row[LOCAL]).find())
                .filter(row -> holds(pid, "socket:[" + row[INODE] + "]"))
                .map(row -> row[LOCAL])
                .toList();
    }

    private static Stream<String[]> rows(Path table) {
        try {
            return Files.readAllLines(table).stream()
                    .skip(1)
                    .map(line -> line.strip().split("\\s+"));
        } catch (NoSuchFileException e) {
            return Stream.empty(); // no IPv6 here
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }

    private static boolean holds(long pid, String socket) {
        try (var files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return files.anyMatch(file -> pointsTo(file, socket));
        } catch (IOException e) {
            return false; // the process is gone
        }
    }

    private static boolean pointsTo(Path file, String socket) {
        try {
            return Files.readSymbolicLink(file).toString().equals(socket);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }
}

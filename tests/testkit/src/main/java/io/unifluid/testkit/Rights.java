package io.unifluid.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Who may do what on a broker with an authorizer: the one table, {@code rights.md}, that secured brokers in tests are set
 * up from and that SECURITY.md shows.
 */
public final class Rights {
    /** What the row of a process that does not exist yet has in its last column. */
    private static final String TO_COME = "to come:";

    private Rights() {}

    /** The table as it stands in SECURITY.md. */
    public static String table() {
        try (var in = Rights.class.getResourceAsStream("rights.md")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of every process that exists. */
    public static List<Right> all() {
        return table().lines()
                .skip(2)
                .filter(line -> !line.contains(TO_COME))
                .flatMap(Rights::row)
                .toList();
    }

    /**
     * @param user for example {@code worker}
     * @throws IllegalArgumentException when the table has no such user
     */
    public static List<Right> of(String user) {
        var rights = all().stream().filter(right -> right.user().equals(user)).toList();
        if (rights.isEmpty()) {
            throw new IllegalArgumentException("rights.md has no user '" + user + "'; it has " + users() + ".");
        }
        return rights;
    }

    /** In the table's order. */
    public static List<String> users() {
        return all().stream().map(Right::user).distinct().toList();
    }

    private static Stream<Right> row(String line) {
        var cells = line.split("\\|");
        var user = cells[1].strip();
        var resource =
                ResourceType.valueOf(cells[2].strip().toUpperCase(Locale.ROOT).replace(' ', '_'));
        return words(cells[3])
                .flatMap(name -> words(cells[4])
                        .map(operation -> new Right(user, resource, name, AclOperation.valueOf(operation))));
    }

    private static Stream<String> words(String cell) {
        return Arrays.stream(cell.replace("`", "").strip().split(" +"));
    }
}

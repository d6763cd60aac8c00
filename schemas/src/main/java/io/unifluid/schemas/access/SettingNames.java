package io.unifluid.schemas.access;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of an app's settings, and what is said about one that is none of them: a setting that nothing reads is a
 * mistake that would otherwise show much later. Pure.
 *
 * <p>Small and capital letters and hyphens make no difference: Micronaut reads {@code maxItems} as {@code max-items}.
 *
 * @param known each without what stands before all of them, for example {@code retry.max-attempts}; one that ends with
 *     {@code .*} stands for every name behind its dot, such as {@code kafka.*}
 * @param list where all of them stand, for example {@code application.yml of the worker}
 */
public record SettingNames(Set<String> known, String list) {
    private static final String ANY = ".*";
    private static final String IN_THE_ENVIRONMENT = " in the environment";

    public SettingNames {
        known = Set.copyOf(known);
    }

    /** Whether something reads it, written as in a file. */
    public boolean knows(String name) {
        var bare = bare(name);
        return known.stream()
                .anyMatch(one -> one.endsWith(ANY)
                        ? bare.startsWith(bare(head(one)))
                                && bare.length() > bare(head(one)).length()
                        : bare.equals(bare(one)));
    }

    /**
     * One sentence about the first that nothing reads.
     *
     * @param names as they stand in files, on the command line or among the JVM's system properties, without what stands
     *     before all of them
     */
    public Optional<String> unknown(Collection<String> names) {
        return names.stream()
                .sorted()
                .filter(name -> !knows(name))
                .findFirst()
                .map(name -> sentence(name, "", nearest(name)));
    }

    /**
     * The same for variables of the environment.
     *
     * @param app as in its variables, for example {@code UNIFLUID_WORKER_}; others are not looked at
     * @param groups see {@link #named}
     */
    public Optional<String> unknownVariable(Collection<String> variables, String app, List<String> groups) {
        return variables.stream()
                .sorted()
                .filter(variable -> variable.startsWith(app))
                .filter(variable ->
                        named(variable.substring(app.length()), groups).isEmpty())
                .findFirst()
                .map(variable -> sentence(
                        variable,
                        IN_THE_ENVIRONMENT,
                        nearest(asFileName(variable.substring(app.length()))).map(name -> app + asVariable(name))));
    }

    /**
     * The setting that a variable means. {@code A_B} could be {@code a.b} and {@code a-b}; it is the one that is known.
     *
     * @param rest of the variable's name behind the app's, for example {@code RETRY_MAX_ATTEMPTS}
     * @param groups what is passed through, each with names that have dots only; see {@link Variables#passedThrough}
     */
    public Optional<String> named(String rest, List<String> groups) {
        return Variables.passedThrough(rest, groups)
                .or(() -> known.stream()
                        .filter(name -> !name.endsWith(ANY) && asVariable(name).equals(rest))
                        .findFirst())
                .or(() -> known.stream()
                        .filter(name -> name.endsWith(ANY))
                        .map(SettingNames::head)
                        .filter(head -> rest.startsWith(asVariable(head)) && rest.length() > head.length())
                        .findFirst()
                        .map(head -> head + rest.substring(head.length()).toLowerCase(Locale.ROOT)));
    }

    /** The known name that is most like it; empty where none is at all. */
    Optional<String> nearest(String name) {
        var bare = bare(name);
        return new TreeSet<>(known)
                .stream()
                        .filter(one -> !one.endsWith(ANY))
                        .min(Comparator.comparingInt(one -> distance(bare, bare(one))))
                        .filter(one -> 3 * distance(bare, bare(one)) <= Math.max(bare.length(), 6));
    }

    private String sentence(String written, String place, Optional<String> nearest) {
        return "The setting " + written + place + " is not known; "
                + nearest.map(name -> "the nearest is " + name + ", and ").orElse("") + list + " lists all of them.";
    }

    private static String head(String any) {
        return any.substring(0, any.length() - 1);
    }

    private static String asVariable(String name) {
        return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static String asFileName(String rest) {
        return rest.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "");
    }

    /** How many letters must be put in, taken out or changed to make one of the other (Levenshtein). */
    private static int distance(String one, String other) {
        var before = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            var now = new int[other.length() + 1];
            now[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = before[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(changed, 1 + Math.min(before[j], now[j - 1]));
            }
            before = now;
        }
        return before[other.length()];
    }
}

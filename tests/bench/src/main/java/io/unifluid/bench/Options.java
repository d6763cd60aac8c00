package io.unifluid.bench;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What to measure.
 *
 * @param backlog bulk requests of the parts {@code backlog} and {@code recovery}
 * @param requests of the parts {@code memory}, {@code worker-memory}, {@code price} and {@code gateway}; empty for as many as each needs
 * @param items pictures of the part {@code archive-memory}
 * @param rounds of the parts {@code peers}, {@code domain}, {@code precision}, {@code decoding}, {@code compiled}, {@code classifier}, {@code archive} and {@code gateway}
 * @param most whether the part {@code costs} measures the dearest questions too, which takes minutes
 * @param only the sections of the part {@code gateway} that are measured; all if none is named
 * @param before folder of an earlier build: its module gpu-worker/inference for the part {@code pictures}, all of it for
 *     {@code starts}
 */
record Options(
        Set<String> parts,
        int backlog,
        OptionalInt requests,
        int items,
        int rounds,
        boolean most,
        Set<String> only,
        String before) {
    private static final List<String> PARTS = List.of(
            "captions",
            "peers",
            "noop",
            "latency",
            "price",
            "backlog",
            "costs",
            "memory",
            "worker-memory",
            "pictures",
            "restarts",
            "recovery",
            "starts",
            "moderation",
            "domain",
            "precision",
            "decoding",
            "compiled",
            "classifier",
            "archive",
            "archive-memory",
            "gateway");
    /** What is measured when nothing is named: the others take minutes. */
    private static final Set<String> STANDARD = Set.of("captions", "noop");

    Options {
        parts = Set.copyOf(parts);
        only = Set.copyOf(only);
    }

    /** @throws IllegalArgumentException with one sentence */
    static Options of(List<String> arguments) {
        var parts = new LinkedHashSet<String>();
        int backlog = 100_000;
        var requests = OptionalInt.empty();
        int items = 200_000;
        int rounds = 3;
        String before = "";
        boolean most = false;
        var only = new LinkedHashSet<String>();
        for (var rest = arguments.iterator(); rest.hasNext(); ) {
            var argument = rest.next();
            switch (argument) {
                case "--backlog" -> backlog = number(argument, rest.hasNext() ? rest.next() : "");
                case "--requests" -> requests = OptionalInt.of(number(argument, rest.hasNext() ? rest.next() : ""));
                case "--items" -> items = number(argument, rest.hasNext() ? rest.next() : "");
                case "--rounds" -> rounds = number(argument, rest.hasNext() ? rest.next() : "");
                case "--before" -> before = rest.hasNext() ? rest.next() : "";
                case "--most" -> most = true;
                case "--only" -> only.addAll(sections(rest.hasNext() ? rest.next() : ""));
                default -> parts.add(part(argument));
            }
        }
        return new Options(parts.isEmpty() ? STANDARD : parts, backlog, requests, items, rounds, most, only, before);
    }

    int requests(int unlessGiven) {
        return requests.orElse(unlessGiven);
    }

    /** Of the file with the part's figures: of some sections it has a name of its own. */
    String named(String part) {
        return Stream.concat(Stream.of(part), only.stream().sorted()).collect(Collectors.joining("-"));
    }

    private static String part(String given) {
        if (!PARTS.contains(given)) {
            throw new IllegalArgumentException("Parts of the benchmark are " + PARTS + ", not '" + given + "'.");
        }
        return given;
    }

    private static List<String> sections(String given) {
        var named = List.of(given.split(","));
        if (!GatewayBench.SECTIONS.containsAll(named)) {
            throw new IllegalArgumentException(
                    "Sections of the gateway's benchmark are " + GatewayBench.SECTIONS + ", not '" + given + "'.");
        }
        return named;
    }

    private static int number(String option, String given) {
        try {
            int number = Integer.parseInt(given);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(option + " is '" + given + "'; give a number above 0.");
    }
}

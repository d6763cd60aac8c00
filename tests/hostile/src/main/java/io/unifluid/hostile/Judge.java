package io.unifluid.hostile;

import io.unifluid.hostile.attack.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Says from the evidence alone which promises were broken.
 *
 * @param memory most that an app may have grown, as a share of what it had before the attack, and after its first round;
 *     for the former, what it keeps by design may come on top
 */
record Judge(double memory) {
    /** Virtual threads' carriers, compiler and collector threads come and go. */
    private static final int THREADS_MORE = 12;

    private static final int NAMED = 5;

    /** One sentence for each promise that was broken; none when all were kept. */
    List<String> broken(Evidence evidence) {
        return Stream.of(
                        innocents(evidence),
                        singleResults(evidence),
                        fates(evidence),
                        said("a record among results and dead letters is none", evidence.oddities()),
                        said("an app was not ready", evidence.notReady()),
                        said("a file outside of the data folder is not as it was", evidence.touched()),
                        said("the auditor objects", evidence.audit()),
                        apps(evidence))
                .flatMap(List::stream)
                .toList();
    }

    private static List<String> innocents(Evidence evidence) {
        var unanswered = evidence.innocent().stream()
                .filter(sent -> !evidence.results().containsKey(sent.id()))
                .map(Innocents.Sent::id)
                .toList();
        var wrong = evidence.innocent().stream()
                .filter(sent -> evidence.results().containsKey(sent.id()))
                .filter(sent -> !answer(evidence, sent).says(sent.alone()))
                .map(sent -> sent.id() + " (" + sent.asked() + "): " + answer(evidence, sent) + " where alone it is "
                        + sent.alone())
                .toList();
        return Stream.of(
                        said("innocent requests are unanswered", unanswered),
                        said("innocent requests have a wrong answer", wrong))
                .flatMap(List::stream)
                .toList();
    }

    private static Answer answer(Evidence evidence, Innocents.Sent sent) {
        return evidence.results().get(sent.id()).getFirst().answer();
    }

    private static List<String> singleResults(Evidence evidence) {
        return said(
                "ids have a second result",
                evidence.results().entrySet().stream()
                        .filter(entry -> entry.getValue().size() > 1)
                        .map(entry -> shown(entry.getKey()) + " has "
                                + entry.getValue().size())
                        .toList());
    }

    private static List<String> fates(Evidence evidence) {
        var unheard = new ArrayList<String>();
        var doubled = new ArrayList<String>();
        for (var shot : evidence.hostile()) {
            if (shot.at().isEmpty()) {
                continue;
            }
            int letters = evidence.letters().getOrDefault(shot.at().get(), 0);
            boolean result = shot.id().filter(evidence.results()::containsKey).isPresent();
            boolean heard = letters > 0 || (result && shot.fate() != Fate.LETTER);
            if (!heard && shot.fate() != Fate.UNHEARD) {
                unheard.add(shot.kind() + " at " + shot.at().get());
            }
            if (letters > 1) {
                doubled.add(shot.kind() + " at " + shot.at().get() + " has " + letters);
            }
        }
        return Stream.of(
                        said("hostile records have neither a result nor a dead letter", unheard),
                        said("hostile records have more than one dead letter", doubled))
                .flatMap(List::stream)
                .toList();
    }

    private List<String> apps(Evidence evidence) {
        var sentences = new ArrayList<String>();
        for (var app : evidence.apps()) {
            var before = app.before();
            var after = app.after();
            if (!after.alive()) {
                sentences.add("The " + app.name() + " is not the process any more that it was.");
                continue;
            }
            if (after.threadFailures() != before.threadFailures()) {
                sentences.add("Of the " + app.name() + ", " + (after.threadFailures() - before.threadFailures())
                        + " stream threads failed.");
            }
            if (after.threads() > before.threads() + THREADS_MORE) {
                sentences.add(
                        "The " + app.name() + " has " + after.threads() + " threads, " + before.threads() + " before.");
            }
            grown(app.name(), "before", before, after, memory + app.keeps()).ifPresent(sentences::add);
            grown(app.name(), "after the first round", app.firstRound(), after, memory)
                    .ifPresent(sentences::add);
        }
        return sentences;
    }

    private static Optional<String> grown(
            String app, String when, AppProbe.Look then, AppProbe.Look after, double allowed) {
        return after.rssMebibytes() <= then.rssMebibytes() * (1 + allowed)
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "The %s has %d MiB of memory, %d %s; %.0f %% more are allowed.",
                        app,
                        after.rssMebibytes(),
                        then.rssMebibytes(),
                        when,
                        allowed * 100));
    }

    private static List<String> said(String what, List<String> cases) {
        if (cases.isEmpty()) {
            return List.of();
        }
        var named = cases.stream().limit(NAMED).map(Judge::shown).toList();
        return List.of(cases.size() + " x " + what + ": " + String.join("; ", named)
                + (cases.size() > NAMED ? "; .." : "") + ".");
    }

    private static String shown(String text) {
        return (text.length() > 300 ? text.substring(0, 300) + "…" : text).replaceAll("\\p{C}", "?");
    }
}

package io.unifluid.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.moderation.file.BadFileException;
import io.unifluid.moderation.file.PolicyFile;
import io.unifluid.moderation.operations.PolicyTopic;
import io.unifluid.moderation.operations.Replay;
import io.unifluid.moderation.policy.Changes;
import io.unifluid.moderation.policy.Decision;
import io.unifluid.moderation.policy.Policy;
import io.unifluid.moderation.policy.PolicyRules;
import io.unifluid.schemas.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks after the policies that judge pictures. */
@Command(
        name = "policy",
        description = "Look after the policies that judge pictures.",
        mixinStandardHelpOptions = true,
        subcommands = CommandLine.HelpCommand.class)
final class PolicyCommand extends CommandGroup {
    private final Screen screen = Screen.standard();

    PolicyCommand() {
        super("check, apply, list, history, diff, retire or replay");
    }

    @Command(
            name = "check",
            description = "Say what is wrong with policy files; one sentence each, with the field's name in front.",
            mixinStandardHelpOptions = true)
    int check(
            @Parameters(arity = "1..*", paramLabel = "FILE", description = "policies in YAML") List<Path> files,
            @Mixin TenantOption tenant) {
        boolean sound = true;
        var policies = new ArrayList<Policy>();
        for (var file : files) {
            try {
                policies.add(read(file, tenant.tenant()));
            } catch (BadFileException e) {
                sound = false;
                e.problems().forEach(problem -> screen.results(file.toString(), problem));
            }
        }
        for (var problem : PolicyRules.problemsTogether(policies)) {
            sound = false;
            screen.result(problem);
        }
        policies.forEach(policy -> screen.result("sound: " + policy.name() + ", " + counted(policy)));
        return sound ? ExitCode.OK : ExitCode.SOME_FAILED;
    }

    @Command(
            name = "apply",
            description = {
                "Put policies in force: the next version of each that says something new.",
                "Whatever is judged from then on is judged by it, also what the model is being asked already."
            },
            mixinStandardHelpOptions = true)
    int apply(
            @Parameters(arity = "1..*", paramLabel = "FILE", description = "policies in YAML") List<Path> files,
            @Mixin TenantOption tenant,
            @Mixin ClusterOptions cluster,
            @Option(names = "--by", paramLabel = "NAME", description = "who (default: your user name)") String by) {
        var policies = files.stream().map(file -> read(file, tenant.tenant())).toList();
        for (var policy : policies) {
            switch (PolicyTopic.read(cluster.cluster()).apply(policy, author(by))) {
                case PolicyTopic.Applied.Written(var written) ->
                    screen.result(
                            "applied: " + written.name() + " version " + written.version() + ", " + counted(written));
                case PolicyTopic.Applied.Unchanged(var same) ->
                    screen.result("unchanged: " + same.name() + " version " + same.version() + " says the same");
            }
        }
        return ExitCode.OK;
    }

    @Command(
            name = "list",
            description = "'tenant<TAB>policy<TAB>version<TAB>state' of every policy; those that cannot judge say why.",
            mixinStandardHelpOptions = true)
    int list(
            @Mixin ClusterOptions cluster,
            @Option(names = "--json", description = "one JSON object each") boolean json) {
        var topic = PolicyTopic.read(cluster.cluster());
        for (var entry : topic.entries()) {
            var policy = entry.policy();
            boolean newest = topic.latest(policy.tenant(), policy.name())
                    .filter(latest -> latest.version() == policy.version())
                    .isPresent();
            if (newest || !entry.problems().isEmpty()) {
                show(entry, state(entry, newest), json);
            }
        }
        if (topic.unreadable() > 0) {
            screen.note(topic.unreadable() + " records on " + Topics.POLICIES.name() + " are no policies.");
        }
        return ExitCode.OK;
    }

    @Command(
            name = "history",
            description = "Every version of a policy, the oldest first.",
            mixinStandardHelpOptions = true)
    int history(
            @Parameters(paramLabel = "POLICY") String name,
            @Mixin TenantOption tenant,
            @Mixin ClusterOptions cluster,
            @Option(names = "--json", description = "one JSON object each") boolean json) {
        var topic = PolicyTopic.read(cluster.cluster());
        var latest = topic.latest(tenant.tenant(), name);
        var versions = topic.entries().stream()
                .filter(entry -> entry.policy().tenant().equals(tenant.tenant())
                        && entry.policy().name().equals(name))
                .toList();
        if (versions.isEmpty()) {
            throw none(tenant.tenant(), name);
        }
        versions.forEach(entry -> show(
                entry,
                state(
                        entry,
                        latest.filter(policy ->
                                        policy.version() == entry.policy().version())
                                .isPresent()),
                json));
        return ExitCode.OK;
    }

    @Command(
            name = "diff",
            description = {
                "What differs between two versions of a policy, field by field.",
                "With a file: between the version in force and the file."
            },
            mixinStandardHelpOptions = true)
    int diff(
            @Parameters(index = "0", paramLabel = "POLICY|FILE", description = "a name with two versions, or a file")
                    String what,
            @Parameters(index = "1..*", arity = "0..2", paramLabel = "VERSION") List<Integer> versions,
            @Mixin TenantOption tenant,
            @Mixin ClusterOptions cluster) {
        var topic = PolicyTopic.read(cluster.cluster());
        Policy before;
        Policy after;
        if (versions == null) {
            after = read(Path.of(what), tenant.tenant());
            before = topic.latest(after.tenant(), after.name()).orElseThrow(() -> none(tenant.tenant(), what));
        } else if (versions.size() == 2) {
            before = version(topic, tenant.tenant(), what, versions.get(0));
            after = version(topic, tenant.tenant(), what, versions.get(1));
        } else {
            throw new IllegalArgumentException("Give a policy's name with two versions, or a file alone.");
        }
        Changes.between(before, after).forEach(screen::result);
        return ExitCode.OK;
    }

    @Command(
            name = "retire",
            description = "End a policy: from its next version on it judges nothing.",
            mixinStandardHelpOptions = true)
    int retire(
            @Parameters(paramLabel = "POLICY") String name,
            @Mixin TenantOption tenant,
            @Mixin ClusterOptions cluster,
            @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why, for its history")
                    String reason,
            @Option(names = "--by", paramLabel = "NAME", description = "who (default: your user name)") String by) {
        var retired = PolicyTopic.read(cluster.cluster()).retire(tenant.tenant(), name, reason, author(by));
        screen.result("retired: " + name + " with version " + retired.version());
        return ExitCode.OK;
    }

    @Command(
            name = "replay",
            description = {
                "Judge stored scores by a policy file, and say what would change before it is applied.",
                "The model is not asked. What the policy asks that was not asked then cannot be judged, and is counted."
            },
            mixinStandardHelpOptions = true)
    int replay(
            @Parameters(arity = "0..1", paramLabel = "FILE", description = "the policy in YAML") Path file,
            @Mixin TenantOption tenant,
            @Mixin ClusterOptions cluster,
            @Mixin SinceOption since,
            @Option(
                            names = "--versions",
                            paramLabel = "NAME@OLD..NEW",
                            description = "in place of a file: two versions that are on the topic")
                    String versions,
            @Option(
                            names = "--examples",
                            paramLabel = "N",
                            defaultValue = "10",
                            description = "name up to N pictures (default: ${DEFAULT-VALUE})")
                    int examples,
            @Option(names = "--json", description = "print one JSON object") boolean json) {
        if ((file == null) == (versions == null)) {
            throw new IllegalArgumentException("Give a policy file, or --versions NAME@OLD..NEW.");
        }
        var from = since.instant();
        var at = cluster.cluster();
        var topic = PolicyTopic.read(at);
        Replay replay;
        String owner = tenant.tenant();
        if (file != null) {
            var policy = read(file, owner);
            owner = policy.tenant();
            replay = new Replay(owner, topic.book().inForce(owner), topic.with(policy), from, examples);
        } else {
            var range = versions.split("@|\\.\\.");
            if (range.length != 3) {
                throw new IllegalArgumentException(
                        "--versions is '" + versions + "'; give NAME@OLD..NEW, such as weapons@1..2.");
            }
            replay = new Replay(
                    owner,
                    topic.with(version(topic, owner, range[0], Values.number(range[1]))),
                    topic.with(version(topic, owner, range[0], Values.number(range[2]))),
                    from,
                    examples);
        }
        var read = replay.addAll(at);
        if (json) {
            screen.json(json(replay));
        } else {
            text(replay).forEach(screen::result);
        }
        if (read.beginningIsGone() && (read.oldest() == null || from.isBefore(read.oldest()))) {
            screen.note("Verdicts from before " + (read.oldest() == null ? "now" : read.oldest())
                    + " are gone by the topic's retention; nothing older was judged.");
        }
        if (read.unreadable() > 0) {
            screen.note(read.unreadable() + " records among the verdicts are none.");
        }
        return ExitCode.OK;
    }

    private static List<String> text(Replay replay) {
        var lines = new ArrayList<String>();
        lines.add("judged        " + replay.judged() + " pictures by their stored scores");
        lines.add("would change  " + replay.changed()
                + (replay.judged() == 0
                        ? ""
                        : String.format(Locale.ROOT, " (%.2f %%)", 100.0 * replay.changed() / replay.judged()))
                + "; " + replay.otherLabels() + " more other labels alone");
        lines.add("sampled       " + replay.sampled(false) + " -> " + replay.sampled(true));
        lines.add("left out      " + replay.decidedByLists() + " decided by lists, " + replay.withoutScores()
                + " without scores, " + replay.notAsked() + " not asked all questions");
        lines.add(String.format(Locale.ROOT, "%-14s%10s%10s%10s", "before\\after", "allow", "review", "block"));
        for (var from : Decision.values()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-14s%10d%10d%10d",
                    lower(from),
                    replay.count(from, Decision.ALLOW),
                    replay.count(from, Decision.REVIEW),
                    replay.count(from, Decision.BLOCK)));
        }
        replay.examples()
                .forEach(example -> lines.add(String.join(
                        "  ",
                        example.submissionId(),
                        example.subjectId(),
                        lower(example.before()) + " -> " + lower(example.after()),
                        example.why())));
        return lines;
    }

    private static ObjectNode json(Replay replay) {
        var node = JsonLines.object()
                .put("judged", replay.judged())
                .put("changed", replay.changed())
                .put("otherLabels", replay.otherLabels())
                .put("sampledBefore", replay.sampled(false))
                .put("sampledAfter", replay.sampled(true))
                .put("decidedByLists", replay.decidedByLists())
                .put("withoutScores", replay.withoutScores())
                .put("notAsked", replay.notAsked());
        var confusion = node.putObject("confusion");
        for (var from : Decision.values()) {
            var row = confusion.putObject(from.name());
            for (var to : Decision.values()) {
                row.put(to.name(), replay.count(from, to));
            }
        }
        var examples = node.putArray("examples");
        replay.examples()
                .forEach(example -> examples.addObject()
                        .put("submissionId", example.submissionId())
                        .put("subjectId", example.subjectId())
                        .put("before", example.before().name())
                        .put("after", example.after().name())
                        .put("decidedAt", example.decidedAt().toString())
                        .put("why", example.why()));
        return node;
    }

    private void show(PolicyTopic.Entry entry, String state, boolean json) {
        var policy = entry.policy();
        if (json) {
            screen.json(JsonLines.object()
                    .put("tenant", policy.tenant())
                    .put("policy", policy.name())
                    .put("version", policy.version())
                    .put("state", state)
                    .put("author", entry.author())
                    .put("createdAt", entry.createdAt().toString())
                    .put("note", policy.note()));
        } else {
            screen.results(
                    policy.tenant(),
                    policy.name(),
                    Integer.toString(policy.version()),
                    state,
                    entry.createdAt().toString(),
                    entry.author(),
                    policy.note());
        }
    }

    private static String state(PolicyTopic.Entry entry, boolean newest) {
        if (!entry.problems().isEmpty()) {
            return "cannot judge: " + String.join(" ", entry.problems());
        }
        if (!newest) {
            return "replaced";
        }
        return entry.policy().retired() ? "retired" : entry.policy().shadow() ? "shadow" : "in force";
    }

    private static Policy version(PolicyTopic topic, String tenant, String name, int version) {
        return topic.book()
                .find(tenant, new Policy.Ref(name, version))
                .orElseThrow(() -> new IllegalArgumentException("The tenant '" + tenant + "' has no version " + version
                        + " of a policy '" + name + "': see 'unifluid policy history'."));
    }

    private static IllegalArgumentException none(String tenant, String name) {
        return new IllegalArgumentException(
                "The tenant '" + tenant + "' has no policy '" + name + "': see 'unifluid policy list'.");
    }

    private static Policy read(Path file, String tenant) {
        return PolicyFile.read(file.toString(), TextFile.read(file, "name a policy file in UTF-8"), tenant);
    }

    private static String author(String by) {
        return by == null ? System.getProperty("user.name", "") : by;
    }

    private static String counted(Policy policy) {
        return policy.questions().size() + " questions, " + policy.rules().size() + " rules"
                + (policy.shadow() ? ", shadow" : "");
    }

    private static String lower(Decision decision) {
        return decision.name().toLowerCase(Locale.ROOT);
    }
}

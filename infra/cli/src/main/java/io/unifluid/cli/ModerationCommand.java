package io.unifluid.cli;

import io.unifluid.blobs.BlobStores;
import io.unifluid.client.Awaited;
import io.unifluid.client.Cluster;
import io.unifluid.client.PictureSelection;
import io.unifluid.client.Pictures;
import io.unifluid.client.TopicWriter;
import io.unifluid.client.UnsentException;
import io.unifluid.moderation.operations.ReviewQueue;
import io.unifluid.schemas.CaseDecision;
import io.unifluid.schemas.DecisionKind;
import io.unifluid.schemas.ModerationDecision;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Ruling;
import io.unifluid.schemas.Submission;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Verdict;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has pictures judged, and decides about verdicts. */
@Command(
        name = "moderation",
        description = "Have pictures judged by the policies, look at verdicts, and decide about them.",
        mixinStandardHelpOptions = true,
        subcommands = {HashListsCommand.class, EvaluateCommand.class, CommandLine.HelpCommand.class})
final class ModerationCommand extends CommandGroup {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Screen screen = Screen.standard();

    ModerationCommand() {
        super("submit, verdicts, review, decide, appeal, reverse, history, lists or evaluate");
    }

    @Command(
            name = "submit",
            description = "Have pictures judged: 'file<TAB>decision<TAB>labels<TAB>reason<TAB>submission' each.",
            mixinStandardHelpOptions = true)
    int submit(
            @Parameters(arity = "1..*", paramLabel = "PICTURE", description = "pictures or folders") List<Path> paths,
            @Mixin TenantOption tenant,
            @Mixin ClusterOptions cluster,
            @Option(
                            names = "--subject",
                            paramLabel = "ID",
                            description = "what the pictures are about (default: the file)")
                    String subject,
            @Option(
                            names = "--wait",
                            paramLabel = "AGE",
                            defaultValue = "2m",
                            description =
                                    "how long to wait for a verdict; 0s for not at all (default: ${DEFAULT-VALUE})")
                    String wait,
            @Option(names = "--json", description = "one JSON object each") boolean json) {
        var files = PictureSelection.of(paths, false).pictures();
        var patience = Ages.duration("--wait", wait);
        var at = cluster.cluster();
        var blobs = BlobStores.open(at.blobs()
                .orElseThrow(() -> new IllegalArgumentException("Give --blob-store: large pictures travel by it.")));
        boolean complete = true;
        try (blobs;
                var verdicts = new Awaited<>(at, Topics.VERDICTS, Verdict::getSubmissionId);
                var writer = new TopicWriter<>(at, Topics.SUBMISSIONS)) {
            var pictures = new Pictures(blobs);
            var sent = new ArrayList<CompletableFuture<Verdict>>();
            var records = new ArrayList<TopicWriter.Keyed<Submission>>();
            for (var file : files) {
                var id = UUID.randomUUID().toString();
                try {
                    records.add(new TopicWriter.Keyed<>(
                            id,
                            Submission.newBuilder()
                                    .setSubmissionId(id)
                                    .setTenant(tenant.tenant())
                                    .setSubjectId(subject == null ? file.toString() : subject)
                                    .setImage(pictures.read(file))
                                    .setPriority(files.size() == 1 ? Priority.INTERACTIVE : Priority.BULK)
                                    .setSubmittedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                                    .build()));
                    sent.add(verdicts.of(id));
                } catch (UnsentException e) {
                    complete = false;
                    sent.add(null);
                    screen.note(file + ": " + e.getMessage());
                }
            }
            writer.send(records);
            var until = Instant.now().plus(patience);
            for (int i = 0; i < files.size() && !patience.isZero(); i++) {
                if (sent.get(i) != null) {
                    var left = Duration.between(Instant.now(), until);
                    var verdict = verdicts.of(sent.get(i), left.isNegative() ? Duration.ZERO : left);
                    complete &= verdict.isPresent();
                    var file = files.get(i).toString();
                    verdict.ifPresentOrElse(
                            found -> show(file, found, json),
                            () -> screen.note(file + ": no verdict yet; see 'unifluid moderation verdicts', and whether"
                                    + " the moderation app runs."));
                }
            }
        }
        return complete ? ExitCode.OK : ExitCode.SOME_FAILED;
    }

    @Command(
            name = "verdicts",
            description =
                    "'submission<TAB>subject<TAB>decision<TAB>labels<TAB>reason' of the verdicts, the oldest first.",
            mixinStandardHelpOptions = true)
    int verdicts(
            @Mixin TenantOption tenant,
            @Mixin ClusterOptions cluster,
            @Mixin SinceOption since,
            @Option(
                            names = "--decision",
                            paramLabel = "DECISION",
                            description = "allow, review or block, as the policies said")
                    ModerationDecision decision,
            @Option(names = "--json", description = "one JSON object each") boolean json) {
        var from = since.instant();
        items(
                ReviewQueue.all(
                        cluster.cluster(),
                        verdict -> verdict.getTenant().equals(tenant.tenant())
                                && !verdict.getDecidedAt().isBefore(from)
                                && (decision == null || verdict.getDecision() == decision)),
                json);
        return ExitCode.OK;
    }

    @Command(
            name = "review",
            description = {
                "What people must look at, the oldest first: 'submission<TAB>subject<TAB>decision<TAB>labels<TAB>reason'.",
                "Pictures are not shown; --json says where they are."
            },
            mixinStandardHelpOptions = true)
    int review(
            @Mixin TenantOption tenant,
            @Mixin ClusterOptions cluster,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "at most N (default: ${DEFAULT-VALUE})")
                    int limit,
            @Option(names = "--json", description = "one JSON object each") boolean json) {
        var open = ReviewQueue.open(cluster.cluster(), tenant.tenant());
        items(open.subList(0, Math.clamp(limit, 0, open.size())), json);
        screen.note(open.size() + " open");
        return ExitCode.OK;
    }

    @Command(
            name = "decide",
            description = "Overrule a verdict, or the decision before.",
            mixinStandardHelpOptions = true)
    int decide(
            @Parameters(index = "0", paramLabel = "SUBMISSION") String submission,
            @Parameters(index = "1", paramLabel = "allow|block") ModerationDecision decision,
            @Mixin DecisionOptions options,
            @Option(
                            names = "--seen",
                            paramLabel = "REVISION",
                            description = "the revision you saw; another one in force refuses the decision")
                    Integer seen) {
        return send(
                options,
                options.about(submission, DecisionKind.REVIEW)
                        .setDecision(decision)
                        .setSeen(seen)
                        .build());
    }

    @Command(
            name = "appeal",
            description = "Ask for another look at a picture that is not allowed.",
            mixinStandardHelpOptions = true)
    int appeal(@Parameters(paramLabel = "SUBMISSION") String submission, @Mixin DecisionOptions options) {
        return send(options, options.about(submission, DecisionKind.APPEAL).build());
    }

    @Command(name = "reverse", description = "Take the decision in force back.", mixinStandardHelpOptions = true)
    int reverse(
            @Parameters(index = "0", paramLabel = "SUBMISSION") String submission,
            @Parameters(index = "1", paramLabel = "DECISION", description = "its id, as 'history' says")
                    String decision,
            @Mixin DecisionOptions options) {
        return send(
                options,
                options.about(submission, DecisionKind.REVERSE)
                        .setAbout(decision)
                        .build());
    }

    @Command(
            name = "history",
            description = "All that was decided about a subject or a submission, in order.",
            mixinStandardHelpOptions = true)
    int history(
            @Parameters(paramLabel = "SUBJECT|SUBMISSION") String id,
            @Mixin TenantOption tenant,
            @Mixin ClusterOptions cluster,
            @Option(names = "--json", description = "one JSON object each") boolean json) {
        Predicate<Verdict> wanted = verdict -> verdict.getTenant().equals(tenant.tenant())
                && (verdict.getSubjectId().equals(id)
                        || verdict.getSubmissionId().equals(id));
        var items = ReviewQueue.all(cluster.cluster(), wanted);
        if (items.isEmpty()) {
            throw new IllegalArgumentException("Nothing was decided about '" + id + "' of the tenant '"
                    + tenant.tenant() + "': see 'unifluid moderation verdicts'.");
        }
        for (var item : items) {
            if (json) {
                screen.json(ModerationJson.of(item));
                continue;
            }
            var verdict = item.verdict();
            screen.results(
                    verdict.getDecidedAt().toString(),
                    "verdict",
                    lower(verdict.getDecision()),
                    reason(verdict),
                    verdict.getSubmissionId());
            item.rulings()
                    .forEach(ruling -> screen.results(
                            ruling.getRuledAt().toString(),
                            ruling.getKind().name().toLowerCase(Locale.ROOT) + " by " + ruling.getBy(),
                            ruling.getAccepted() ? lower(ruling.getDecision()) : "refused",
                            ruling.getAccepted() ? ruling.getReason() : ruling.getMessage(),
                            ruling.getDecisionId()));
            screen.results(
                    "now",
                    item.standing().open() ? "open" : "closed",
                    item.standing().inForce().name().toLowerCase(Locale.ROOT),
                    "revision " + item.standing().revision(),
                    verdict.getSubmissionId());
        }
        return ExitCode.OK;
    }

    /** What every decision needs. */
    static final class DecisionOptions {
        @Mixin
        private TenantOption tenant;

        @Mixin
        private ClusterOptions cluster;

        @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why")
        private String reason;

        @Option(names = "--by", paramLabel = "NAME", description = "who (default: your user name)")
        private String by;

        @Option(names = "--json", description = "print one JSON object")
        private boolean json;

        CaseDecision.Builder about(String submission, DecisionKind kind) {
            return CaseDecision.newBuilder()
                    .setDecisionId(UUID.randomUUID().toString())
                    .setSubmissionId(submission)
                    .setTenant(tenant.tenant())
                    .setKind(kind)
                    .setBy(by == null ? System.getProperty("user.name", "") : by)
                    .setReason(reason)
                    .setDecidedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS));
        }
    }

    private int send(DecisionOptions options, CaseDecision decision) {
        var ruling = ruled(options.cluster.cluster(), decision)
                .orElseThrow(() -> new EnvironmentProblem("The decision " + decision.getDecisionId()
                        + " was sent and nothing came of it yet: see whether the moderation app runs."));
        if (options.json) {
            screen.json(ModerationJson.of(ruling));
        } else if (ruling.getAccepted()) {
            screen.result(lower(ruling.getBefore()) + " -> " + lower(ruling.getDecision()) + ", revision "
                    + ruling.getRevision() + (ruling.getOpen() ? ", open" : "") + ", decision "
                    + ruling.getDecisionId());
        } else {
            screen.note("refused (" + ruling.getRefusal() + "): " + ruling.getMessage());
        }
        return ruling.getAccepted() ? ExitCode.OK : ExitCode.SOME_FAILED;
    }

    private static Optional<Ruling> ruled(Cluster cluster, CaseDecision decision) {
        try (var rulings = new Awaited<>(cluster, Topics.RULINGS, Ruling::getDecisionId);
                var writer = new TopicWriter<>(cluster, Topics.DECISIONS)) {
            var awaited = rulings.of(decision.getDecisionId());
            writer.send(decision.getSubmissionId(), decision);
            return rulings.of(awaited, PATIENCE);
        }
    }

    private void items(List<ReviewQueue.Item> items, boolean json) {
        for (var item : items) {
            if (json) {
                screen.json(ModerationJson.of(item));
            } else {
                var verdict = item.verdict();
                screen.results(
                        verdict.getSubmissionId(),
                        verdict.getSubjectId(),
                        item.standing().inForce().name().toLowerCase(Locale.ROOT),
                        String.join(", ", verdict.getLabels()),
                        reason(verdict));
            }
        }
    }

    private void show(String file, Verdict verdict, boolean json) {
        if (json) {
            screen.json(ModerationJson.of(verdict).put("file", file));
        } else {
            screen.results(
                    file,
                    lower(verdict.getDecision()) + (verdict.getSampled() ? " (sampled)" : ""),
                    String.join(", ", verdict.getLabels()),
                    reason(verdict),
                    verdict.getSubmissionId());
        }
    }

    private static String reason(Verdict verdict) {
        return verdict.getReasons().isEmpty()
                ? ""
                : verdict.getReasons().getFirst().getText();
    }

    private static String lower(ModerationDecision decision) {
        return decision.name().toLowerCase(Locale.ROOT);
    }
}

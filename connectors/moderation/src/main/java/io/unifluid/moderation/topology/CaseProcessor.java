package io.unifluid.moderation.topology;

import io.unifluid.moderation.config.ModerationSettings;
import io.unifluid.moderation.event.HashRecords;
import io.unifluid.moderation.event.Keys;
import io.unifluid.moderation.event.PolicyBook;
import io.unifluid.moderation.event.PolicyRecords;
import io.unifluid.moderation.event.RulingRecords;
import io.unifluid.moderation.event.VerdictRecords;
import io.unifluid.moderation.hash.HashEntry;
import io.unifluid.moderation.hash.HashLists;
import io.unifluid.moderation.hash.HashMatch;
import io.unifluid.moderation.metrics.ModerationMetrics;
import io.unifluid.moderation.metrics.ModerationMetrics.Intake;
import io.unifluid.moderation.picture.ContentHash;
import io.unifluid.moderation.picture.Looks;
import io.unifluid.moderation.policy.Decision;
import io.unifluid.moderation.policy.Judge;
import io.unifluid.moderation.policy.Judgement;
import io.unifluid.moderation.policy.Policy;
import io.unifluid.moderation.policy.PolicyRules;
import io.unifluid.moderation.policy.Reason;
import io.unifluid.moderation.policy.Scores;
import io.unifluid.moderation.review.Standing;
import io.unifluid.pdq.Pdq;
import io.unifluid.schemas.CaseDecision;
import io.unifluid.schemas.DeadLetterHeaders.Origin;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ListMatch;
import io.unifluid.schemas.ModerationCase;
import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.PolicyRef;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Ruling;
import io.unifluid.schemas.Submission;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Verdict;
import io.unifluid.schemas.Vqa;
import io.unifluid.schemas.VqaOutput;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.DecodedRecord;
import io.unifluid.streams.event.Encoding;
import io.unifluid.streams.event.Outbox;
import io.unifluid.streams.event.StoreWalk;
import io.unifluid.streams.event.Times;
import io.unifluid.streams.event.TooLargeException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The case of each submission, from its coming in over its one verdict to what people decide about it. Translates between
 * records and what decides: the lists, the policies, and {@link Standing}.
 */
final class CaseProcessor implements Processor<String, DecodedRecord<SpecificRecord>, byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(CaseProcessor.class);
    private static final int WAKE_UPS_AT_ONCE = 1_000;
    private static final Duration RESTORE_EVERY = Duration.ofMillis(10);
    private static final int TOKEN_BYTES = 12;
    private static final int LONGEST_SENTENCE = 500;
    private static final int LONGEST_SHOWN = 60;

    private final ModerationSettings settings;
    private final ModerationMetrics metrics;
    private final Faults faults;
    private final Encoding encoding;
    private final PolicyBook policies;
    private final HashLists lists;
    private final Looks looks;
    private final Commits commits;
    private final SecureRandom random = new SecureRandom();

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, ModerationCase> cases;
    private WakeUps wakeUps;

    CaseProcessor(
            ModerationSettings settings,
            ModerationMetrics metrics,
            Faults faults,
            Encoding encoding,
            PolicyBook policies,
            HashLists lists,
            Looks looks) {
        this.settings = settings;
        this.metrics = metrics;
        this.faults = faults;
        this.encoding = encoding;
        this.policies = policies;
        this.lists = lists;
        this.looks = looks;
        this.commits = new Commits(settings.commitInterval());
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        cases = context.getStateStore(Names.CASES_STORE);
        wakeUps = new WakeUps(context.<KeyValueStore<Bytes, byte[]>>getStateStore(Names.WAKE_UP_STORE));
        context.schedule(settings.wakeUpInterval(), PunctuationType.WALL_CLOCK_TIME, _ -> wake());
        new StoreWalk<>(cases, this::restore).begin(context, RESTORE_EVERY, () -> {});
    }

    /** One that cannot be read has nothing to be woken for; a version that can read it finds it at its own start. */
    private void restore(KeyValueIterator<String, ModerationCase> all) {
        var key = all.peekNextKey();
        Faults.guarded(() -> Optional.of(all.next().value), reason -> {
                    LOG.warn(
                            "The case '{}' cannot be read, and waits for a version that can: {}",
                            OneLine.of(key, LONGEST_SHOWN),
                            reason);
                    return Optional.<ModerationCase>empty();
                })
                .ifPresent(
                        known -> wakeUps.move(Optional.empty(), Optional.of(new WakeUps.Due(known.getDueAt(), key))));
    }

    @Override
    public void process(Record<String, DecodedRecord<SpecificRecord>> record) {
        faults.setAside(context)
                .map(reason -> deadLetter(record, reason))
                .orElseGet(() -> Faults.guarded(() -> decided(record), reason -> deadLetter(record, reason)))
                .run();
    }

    private Runnable decided(Record<String, DecodedRecord<SpecificRecord>> record) {
        return switch (record.value().value()) {
            case Submission submission -> submitted(record, bounded(submission));
            case CaseDecision decision -> decision(record, decision);
            case InferenceResult result -> answered(record.key(), result);
            case null, default -> deadLetter(record, "The record is none that this topic carries.");
        };
    }

    // -- a submission comes in

    private Runnable submitted(Record<String, DecodedRecord<SpecificRecord>> record, Submission submission) {
        var known = cases.get(record.key());
        if (known != null) {
            return known.getSubmission().getTenant().equals(submission.getTenant())
                    ? () -> metrics.submission(Intake.REPEATED)
                    : deadLetter(
                            record,
                            "Another tenant sent a submission with this id before: choose ids that nobody else has.");
        }
        if (!PolicyRules.isTenant(submission.getTenant())) {
            return deadLetter(record, "The tenant cannot be named so: give up to 200 visible characters without '/'.");
        }
        var picture = new Picture(submission);
        var listed = picture.listed();
        var fresh = picture.fresh();
        if (listed.isPresent()) {
            return verdict(fresh, listed(listed.get()), picture.match(listed.get()), Intake.LISTED);
        }
        var inForce = policies.inForce(submission.getTenant());
        if (inForce.isEmpty()) {
            return verdict(fresh, withoutPolicy("The tenant has no policy."), verdictOf(fresh), Intake.WITHOUT_POLICY);
        }
        fresh.setPolicies(inForce.stream()
                .map(policy -> new PolicyRef(policy.name(), policy.version()))
                .toList());
        return asked(fresh, submission, inForce);
    }

    private Runnable asked(ModerationCase fresh, Submission submission, List<Policy> inForce) {
        var questions = inForce.stream()
                .flatMap(policy -> policy.asked().stream())
                .distinct()
                .limit(PolicyRules.MOST_QUESTIONS)
                .map(PolicyRecords::asked)
                .toList();
        fresh.setToken(token());
        var request = InferenceRequest.newBuilder()
                .setRequestId(Keys.request(submission.getSubmissionId()))
                .setTenant(submission.getTenant())
                .setTask(new Vqa(questions))
                .setImage(submission.getImage())
                .setPriority(submission.getPriority() == Priority.INTERACTIVE ? Priority.INTERACTIVE : Priority.BULK)
                .setSubmittedAt(now())
                .setDeadline(submission.getDeadline())
                .setLabels(Map.of(Keys.TOKEN, fresh.getToken()))
                .build();
        var topic = Topics.intake(request.getPriority());
        var outbox = new Outbox(faults.limits());
        try {
            outbox.add(
                    request.getPriority() == Priority.INTERACTIVE
                            ? Names.REQUESTS_INTERACTIVE_SINK
                            : Names.REQUESTS_SINK,
                    topic.name(),
                    request.getRequestId(),
                    encoding.of(topic, request),
                    now());
        } catch (TooLargeException e) {
            return judged(fresh, Scores.NONE, Optional.of(e.getMessage()), "TOO_LARGE", Intake.UNASKABLE);
        }
        fresh.setDueAt(Times.bounded(Optional.ofNullable(submission.getDeadline())
                .orElseGet(() -> now().plus(settings.answerWithin()))
                .plus(settings.deadlineReserve())));
        return () -> {
            outbox.forward(context);
            store(submission.getSubmissionId(), Optional.empty(), fresh);
            commits.after(submission.getPriority(), context);
            metrics.submission(Intake.ASKED);
        };
    }

    /** What is known of a picture before the model has seen it. */
    private final class Picture {
        private final Submission submission;
        private final Optional<String> sha256;
        private final Optional<Pdq.Hashed> pdq;

        Picture(Submission submission) {
            this.submission = submission;
            var image = Optional.ofNullable(submission.getImage());
            this.sha256 = image.flatMap(ContentHash::of);
            this.pdq = image.filter(_ -> lists.hasLooks(submission.getTenant())).flatMap(looks::of);
        }

        Optional<HashMatch> listed() {
            return sha256.flatMap(hash -> lists.sameBytes(submission.getTenant(), hash))
                    .or(() -> pdq.flatMap(hashed -> lists.sameLooks(submission.getTenant(), hashed)));
        }

        ModerationCase fresh() {
            return ModerationCase.newBuilder()
                    .setSubmission(Submission.newBuilder(submission)
                            .setImage(withoutBytes(submission.getImage(), sha256))
                            .build())
                    .setContentSha256(sha256.orElse(null))
                    .setPdq(pdq.map(hashed -> hashed.hash().hex()).orElse(null))
                    .setPdqQuality(pdq.map(Pdq.Hashed::quality).orElse(null))
                    .build();
        }

        Verdict.Builder match(HashMatch match) {
            return verdictOf(fresh())
                    .setListMatch(new ListMatch(
                            match.entry().list(),
                            HashRecords.kind(match.entry().kind()),
                            match.entry().hash(),
                            match.distance()));
        }
    }

    private static ImageRef withoutBytes(ImageRef image, Optional<String> sha256) {
        return image == null
                ? null
                : ImageRef.newBuilder()
                        .setUri(image.getUri())
                        .setMediaType(image.getMediaType())
                        .setSha256(sha256.orElse(image.getSha256()))
                        .build();
    }

    private static Judgement listed(HashMatch match) {
        var entry = match.entry();
        var decision = entry.effect() == HashEntry.Effect.BLOCK ? Decision.BLOCK : Decision.ALLOW;
        var sentence = "The picture " + (entry.kind() == HashEntry.Kind.SHA256 ? "is" : "looks like")
                + " an entry of the list '" + entry.list() + "'"
                + (entry.kind() == HashEntry.Kind.PDQ ? " at distance " + match.distance() : "")
                + "; the model was not asked.";
        return new Judgement(
                decision,
                false,
                entry.labels(),
                List.of(new Reason(
                        Optional.empty(),
                        false,
                        Reason.Source.HASH_LIST,
                        decision,
                        entry.list(),
                        Optional.empty(),
                        Optional.empty(),
                        sentence)),
                List.of());
    }

    private Judgement withoutPolicy(String why) {
        return new Judgement(
                settings.withoutPolicy(),
                false,
                List.of(),
                List.of(new Reason(
                        Optional.empty(),
                        false,
                        Reason.Source.NO_POLICY,
                        settings.withoutPolicy(),
                        "without-policy",
                        Optional.empty(),
                        Optional.empty(),
                        why)),
                List.of());
    }

    // -- its answer comes, or does not

    private Runnable answered(String submissionId, InferenceResult result) {
        var known = cases.get(submissionId);
        if (known == null
                || known.getVerdict() != null
                || !known.getToken().equals(result.getLabels().get(Keys.TOKEN))) {
            return metrics::strayAnswer;
        }
        var verdict = verdictOf(known).setRequestStatus(result.getStatus()).setModel(result.getModel());
        if (result.getStatus() == ResultStatus.SUCCEEDED && result.getOutput() instanceof VqaOutput answers) {
            verdict.setAnswers(answers.getAnswers());
            return judged(known, VerdictRecords.scores(answers.getAnswers()), Optional.empty(), verdict);
        }
        var error = Optional.ofNullable(result.getError());
        verdict.setErrorKind(error.map(told -> told.getKind()).orElse("NO_OUTPUT"));
        return judged(
                known,
                Scores.NONE,
                Optional.of(OneLine.of(
                        "The request ended as " + result.getStatus()
                                + error.map(told -> ": " + told.getMessage()).orElse(" without an answer."),
                        LONGEST_SENTENCE)),
                verdict);
    }

    private Runnable judged(
            ModerationCase of, Scores scores, Optional<String> failure, String errorKind, Intake intake) {
        var judgement = judgement(of, scores, failure);
        return verdict(of, judgement, verdictOf(of).setErrorKind(errorKind), intake);
    }

    private Runnable judged(ModerationCase of, Scores scores, Optional<String> failure, Verdict.Builder verdict) {
        return verdict(of, judgement(of, scores, failure), verdict, null);
    }

    private Judgement judgement(ModerationCase of, Scores scores, Optional<String> failure) {
        var tenant = of.getSubmission().getTenant();
        var asked = of.getPolicies().stream()
                .map(ref -> new Policy.Ref(ref.getPolicy(), ref.getVersion()))
                .toList();
        var judging = policies.judging(tenant, asked);
        return judging.isEmpty()
                ? withoutPolicy("The tenant's policies were retired while the answer was awaited.")
                : Judge.judge(
                        judging,
                        scores,
                        failure,
                        VerdictRecords.sampledBy(
                                Optional.ofNullable(of.getContentSha256()),
                                of.getSubmission().getSubjectId(),
                                of.getSubmission().getSubmissionId()));
    }

    private static Verdict.Builder verdictOf(ModerationCase of) {
        var submission = of.getSubmission();
        return Verdict.newBuilder()
                .setSubmissionId(submission.getSubmissionId())
                .setTenant(submission.getTenant())
                .setSubjectId(submission.getSubjectId())
                .setContentSha256(of.getContentSha256())
                .setPdq(of.getPdq())
                .setPdqQuality(of.getPdqQuality())
                .setImage(submission.getImage())
                .setRequestId(of.getToken().isEmpty() ? null : Keys.request(submission.getSubmissionId()))
                .setSubmittedAt(submission.getSubmittedAt())
                .setLabelsGiven(submission.getLabels());
    }

    /** @param intake of a case that is decided as it comes in; null for one that waited */
    private Runnable verdict(ModerationCase before, Judgement judgement, Verdict.Builder verdict, Intake intake) {
        var id = before.getSubmission().getSubmissionId();
        var whole = VerdictRecords.with(verdict, judgement).setDecidedAt(now()).build();
        var outbox = new Outbox(faults.limits());
        outbox.add(Names.VERDICTS_SINK, Topics.VERDICTS.name(), id, encoding.of(Topics.VERDICTS, whole), now());
        if (judgement.flagged()) {
            outbox.add(Names.FLAGGED_SINK, Topics.FLAGGED.name(), id, encoding.of(Topics.FLAGGED, whole), now());
        }
        var after = ModerationCase.newBuilder(before)
                .setVerdict(whole.getDecision())
                .setFlagged(judgement.flagged())
                .setDueAt(now().plus(settings.retention()))
                .build();
        return () -> {
            outbox.forward(context);
            store(id, Optional.of(before).filter(_ -> intake == null), after);
            commits.after(before.getSubmission().getPriority(), context);
            if (intake != null) {
                metrics.submission(intake);
            }
            metrics.verdict(judgement.decision());
        };
    }

    // -- people decide

    private Runnable decision(Record<String, DecodedRecord<SpecificRecord>> record, CaseDecision decision) {
        if (decision.getDecisionId().isBlank()) {
            return deadLetter(record, "The decisionId is blank: give each decision an id of its own.");
        }
        var known = Optional.ofNullable(cases.get(record.key()))
                .filter(found -> found.getSubmission().getTenant().equals(decision.getTenant()));
        var wish = RulingRecords.wish(decision);
        if (wish.isEmpty()) {
            return deadLetter(
                    record, "The kind of decision is not known to this version: send REVIEW, APPEAL or REVERSE.");
        }
        if (known.isEmpty()) {
            return ruling(
                    RulingRecords.refused(
                            decision,
                            "",
                            Standing.Refusal.UNKNOWN_SUBMISSION,
                            "There is no submission '" + decision.getSubmissionId()
                                    + "' of this tenant, or it was forgotten since.",
                            now()),
                    Optional.empty());
        }
        var of = known.get();
        if (of.getVerdict() == null) {
            return ruling(
                    RulingRecords.refused(
                            decision,
                            of.getSubmission().getSubjectId(),
                            Standing.Refusal.NO_VERDICT,
                            "There is no verdict yet: wait for it.",
                            now()),
                    Optional.empty());
        }
        var standing = RulingRecords.standing(of);
        return switch (standing.rule(wish.get())) {
            case Standing.Outcome.Repeated _ -> () -> {};
            case Standing.Outcome.Refused refused ->
                ruling(RulingRecords.unchanged(decision, of, standing, refused, now()), Optional.empty());
            case Standing.Outcome.Accepted accepted -> {
                var ruling = RulingRecords.accepted(decision, of, standing, accepted.next(), now());
                var rulings = new ArrayList<>(of.getRulings());
                rulings.add(ruling);
                yield ruling(
                        ruling,
                        Optional.of(ModerationCase.newBuilder(of)
                                .setRulings(rulings)
                                .setDueAt(now().plus(settings.retention()))
                                .build()));
            }
        };
    }

    private Runnable ruling(Ruling ruling, Optional<ModerationCase> after) {
        var outbox = new Outbox(faults.limits());
        outbox.add(
                Names.RULINGS_SINK,
                Topics.RULINGS.name(),
                ruling.getSubmissionId(),
                encoding.of(Topics.RULINGS, ruling),
                now());
        return () -> {
            outbox.forward(context);
            commits.now(context);
            after.ifPresent(next ->
                    store(ruling.getSubmissionId(), Optional.ofNullable(cases.get(ruling.getSubmissionId())), next));
            metrics.ruling(ruling.getAccepted());
        };
    }

    // -- time passes

    private void wake() {
        for (var due : wakeUps.due(now(), WAKE_UPS_AT_ONCE)) {
            wakeUps.remove(due);
            var known = cases.get(due.key());
            if (known == null || known.getDueAt().isAfter(now())) {
                continue;
            }
            if (known.getVerdict() != null) {
                cases.delete(due.key());
                continue;
            }
            judged(
                            known,
                            Scores.NONE,
                            Optional.of("No answer came in time."),
                            verdictOf(known).setErrorKind("NO_ANSWER"))
                    .run();
        }
    }

    private void store(String id, Optional<ModerationCase> before, ModerationCase after) {
        wakeUps.move(
                before.map(known -> new WakeUps.Due(known.getDueAt(), id)),
                Optional.of(new WakeUps.Due(after.getDueAt(), id)));
        cases.put(id, after);
    }

    private Runnable deadLetter(Record<String, DecodedRecord<SpecificRecord>> record, String reason) {
        var place = context.recordMetadata().orElseThrow();
        var origin = Routed.origin(record.headers())
                .orElseGet(() -> new Origin(place.topic(), place.partition(), place.offset(), record.timestamp()));
        return () -> {
            var letter = faults.letter(
                    origin,
                    record.key().getBytes(StandardCharsets.UTF_8),
                    record.value().original(),
                    Routed.asSent(record.headers()),
                    reason,
                    now());
            context.forward(
                    new Record<>(letter.key(), letter.value(), letter.timestamp(), letter.headers()),
                    Names.DEAD_LETTER_SINK);
        };
    }

    private static Submission bounded(Submission submission) {
        submission.setSubmittedAt(Times.bounded(submission.getSubmittedAt()));
        submission.setDeadline(Times.bounded(submission.getDeadline()));
        return submission;
    }

    private String token() {
        var bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private Instant now() {
        return Instant.ofEpochMilli(context.currentSystemTimeMs());
    }
}

package io.unifluid.moderation.event;

import io.unifluid.moderation.policy.Decision;
import io.unifluid.moderation.review.Standing;
import io.unifluid.moderation.review.Standing.Kind;
import io.unifluid.schemas.CaseDecision;
import io.unifluid.schemas.DecisionKind;
import io.unifluid.schemas.ModerationCase;
import io.unifluid.schemas.ModerationDecision;
import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.Ruling;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What people decide, and what became of it, as it travels. */
public final class RulingRecords {
    private static final int LONGEST_REASON = 2_000;
    private static final int LONGEST_NAME = 200;

    /** Empty for a kind that this version does not know. */
    public static Optional<Standing.Wish> wish(CaseDecision decision) {
        return kind(decision.getKind())
                .map(kind -> new Standing.Wish(
                        decision.getDecisionId(),
                        kind,
                        given(decision.getDecision()),
                        Optional.ofNullable(decision.getAbout()),
                        Optional.ofNullable(decision.getSeen()),
                        decision.getBy(),
                        decision.getReason()));
    }

    /** @param of one that has its verdict */
    public static Standing standing(ModerationCase of) {
        return standing(PolicyRecords.read(of.getVerdict()), of.getFlagged(), of.getRulings());
    }

    /** @param rulings all of a submission, in order; refused ones do not count */
    public static Standing standing(Decision verdict, boolean flagged, List<Ruling> rulings) {
        return new Standing(
                verdict,
                flagged,
                rulings.stream()
                        .filter(Ruling::getAccepted)
                        .map(ruling -> new Standing.Ruled(
                                ruling.getDecisionId(),
                                kind(ruling.getKind()).orElse(Kind.APPEAL),
                                given(ruling.getDecision()),
                                Optional.ofNullable(ruling.getAbout()),
                                ruling.getBy()))
                        .toList());
    }

    public static Ruling accepted(
            CaseDecision decision, ModerationCase of, Standing before, Standing after, Instant at) {
        return base(decision, of.getSubmission().getSubjectId(), at)
                .setAccepted(true)
                .setRevision(after.revision())
                .setBefore(PolicyRecords.written(before.inForce()))
                .setDecision(PolicyRecords.written(after.inForce()))
                .setOpen(after.open())
                .build();
    }

    /** Of a verdict that is there, but of which this decision changes nothing. */
    public static Ruling unchanged(
            CaseDecision decision, ModerationCase of, Standing standing, Standing.Outcome.Refused refused, Instant at) {
        return base(decision, of.getSubmission().getSubjectId(), at)
                .setRefusal(refused.kind().name())
                .setMessage(refused.sentence())
                .setRevision(standing.revision())
                .setBefore(PolicyRecords.written(standing.inForce()))
                .setDecision(PolicyRecords.written(standing.inForce()))
                .setOpen(standing.open())
                .build();
    }

    /** Of a verdict that is not there. */
    public static Ruling refused(
            CaseDecision decision, String subjectId, Standing.Refusal kind, String sentence, Instant at) {
        return base(decision, subjectId, at)
                .setRefusal(kind.name())
                .setMessage(sentence)
                .build();
    }

    private static Ruling.Builder base(CaseDecision decision, String subjectId, Instant at) {
        return Ruling.newBuilder()
                .setSubmissionId(decision.getSubmissionId())
                .setTenant(decision.getTenant())
                .setSubjectId(subjectId)
                .setDecisionId(decision.getDecisionId())
                .setKind(decision.getKind())
                .setAbout(decision.getAbout())
                .setBy(OneLine.of(decision.getBy(), LONGEST_NAME))
                .setReason(OneLine.of(decision.getReason(), LONGEST_REASON))
                .setRuledAt(at);
    }

    private static Optional<Kind> kind(DecisionKind kind) {
        return switch (kind) {
            case REVIEW -> Optional.of(Kind.REVIEW);
            case APPEAL -> Optional.of(Kind.APPEAL);
            case REVERSE -> Optional.of(Kind.REVERSE);
            case UNKNOWN -> Optional.empty();
        };
    }

    private static Optional<Decision> given(ModerationDecision decision) {
        return decision == ModerationDecision.UNKNOWN ? Optional.empty() : Optional.of(PolicyRecords.read(decision));
    }

    private RulingRecords() {}
}

package io.unifluid.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.moderation.operations.ReviewQueue;
import io.unifluid.schemas.Ruling;
import io.unifluid.schemas.Verdict;

/** Verdicts and rulings as JSON; the README has the shape. */
final class ModerationJson {
    static ObjectNode of(ReviewQueue.Item item) {
        var node = of(item.verdict());
        node.put("inForce", item.standing().inForce().name())
                .put("open", item.standing().open())
                .put("revision", item.standing().revision());
        var rulings = node.putArray("rulings");
        item.rulings().forEach(ruling -> rulings.add(of(ruling)));
        return node;
    }

    static ObjectNode of(Verdict verdict) {
        var node = JsonLines.object()
                .put("submissionId", verdict.getSubmissionId())
                .put("tenant", verdict.getTenant())
                .put("subjectId", verdict.getSubjectId())
                .put("decision", verdict.getDecision().name())
                .put("sampled", verdict.getSampled());
        var labels = node.putArray("labels");
        verdict.getLabels().forEach(labels::add);
        var reasons = node.putArray("reasons");
        for (var reason : verdict.getReasons()) {
            reasons.addObject()
                    .put("policy", reason.getPolicy())
                    .put("version", reason.getVersion())
                    .put("shadow", reason.getShadow())
                    .put("source", reason.getSource())
                    .put("decision", reason.getDecision().name())
                    .put("field", reason.getField())
                    .put("score", reason.getScore())
                    .put("threshold", reason.getThreshold())
                    .put("text", reason.getText());
        }
        var answers = node.putArray("answers");
        for (var answer : verdict.getAnswers()) {
            var scores =
                    answers.addObject().put("question", answer.getQuestion()).putObject("scores");
            answer.getScores().forEach(score -> scores.put(score.getChoice(), score.getScore()));
        }
        var policies = node.putArray("policies");
        for (var policy : verdict.getPolicies()) {
            policies.addObject()
                    .put("policy", policy.getPolicy())
                    .put("version", policy.getVersion())
                    .put("shadow", policy.getShadow())
                    .put("decision", policy.getDecision().name());
        }
        if (verdict.getListMatch() != null) {
            node.putObject("listMatch")
                    .put("list", verdict.getListMatch().getList())
                    .put("kind", verdict.getListMatch().getKind().name())
                    .put("hash", verdict.getListMatch().getHash())
                    .put("distance", verdict.getListMatch().getDistance());
        }
        if (verdict.getModel() != null) {
            node.put(
                    "model",
                    verdict.getModel().getName() + " " + verdict.getModel().getVersion());
        }
        node.put("errorKind", verdict.getErrorKind())
                .put("contentSha256", verdict.getContentSha256())
                .put("pdq", verdict.getPdq())
                .put(
                        "image",
                        verdict.getImage() == null ? null : verdict.getImage().getUri())
                .put("submittedAt", verdict.getSubmittedAt().toString())
                .put("decidedAt", verdict.getDecidedAt().toString());
        return node;
    }

    static ObjectNode of(Ruling ruling) {
        return JsonLines.object()
                .put("decisionId", ruling.getDecisionId())
                .put("submissionId", ruling.getSubmissionId())
                .put("subjectId", ruling.getSubjectId())
                .put("kind", ruling.getKind().name())
                .put("accepted", ruling.getAccepted())
                .put("refusal", ruling.getRefusal())
                .put("message", ruling.getMessage())
                .put("revision", ruling.getRevision())
                .put("before", ruling.getBefore().name())
                .put("decision", ruling.getDecision().name())
                .put("open", ruling.getOpen())
                .put("about", ruling.getAbout())
                .put("by", ruling.getBy())
                .put("reason", ruling.getReason())
                .put("ruledAt", ruling.getRuledAt().toString());
    }

    private ModerationJson() {}
}

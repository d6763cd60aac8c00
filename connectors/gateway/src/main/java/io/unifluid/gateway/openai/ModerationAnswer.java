package io.unifluid.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.moderation.Policies;
import io.unifluid.schemas.Answer;
import io.unifluid.schemas.ChoiceScore;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.ModerationDecision;
import io.unifluid.schemas.PolicyQuestion;
import io.unifluid.schemas.PolicyVerdict;
import io.unifluid.schemas.Verdict;
import io.unifluid.schemas.VerdictReason;
import io.unifluid.schemas.WatchedChoice;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Verdicts in the shape of OpenAI's moderations. A category is a question of the policies that judged, or a label that one of
 * its bands gives; its score is the highest of the choices that are watched for it. A label that only a rule or a list gives is
 * a category where it was given, with the score 1.
 */
final class ModerationAnswer {
    private static final double CERTAIN = 1;

    private final Verdict verdict;
    private final Map<String, Boolean> categories = new TreeMap<>();
    private final Map<String, Double> scores = new TreeMap<>();

    private ModerationAnswer(Verdict verdict, Policies policies) {
        this.verdict = verdict;
        verdict.getPolicies().stream()
                .filter(judged -> !judged.getShadow())
                .forEach(judged -> policies.version(verdict.getTenant(), judged.getPolicy(), judged.getVersion())
                        .ifPresent(policy -> policy.getQuestions().forEach(question -> add(judged, question))));
        for (var label : verdict.getLabels()) {
            categories.put(label, true);
            scores.putIfAbsent(label, CERTAIN);
        }
    }

    static ObjectNode of(List<Verdict> verdicts, Policies policies) {
        var answer = Json.object()
                .put("id", verdicts.getFirst().getSubmissionId())
                .put(
                        "model",
                        verdicts.stream()
                                .map(Verdict::getModel)
                                .filter(Objects::nonNull)
                                .findFirst()
                                .map(ModelInfo::getName)
                                .orElse("none"));
        var results = answer.putArray("results");
        verdicts.forEach(verdict -> results.add(new ModerationAnswer(verdict, policies).result()));
        return answer;
    }

    /** A question whose answer did not come, or that only rules look at, is no category: nothing is known of it by itself. */
    private void add(PolicyVerdict judged, PolicyQuestion question) {
        var answer = verdict.getAnswers().stream()
                .filter(given ->
                        given.getQuestion().equals(question.getQuestion().getText())
                                && given.getScores().stream()
                                        .map(ChoiceScore::getChoice)
                                        .toList()
                                        .equals(question.getQuestion().getChoices()))
                .findFirst();
        if (answer.isEmpty() || question.getBands().isEmpty()) {
            return;
        }
        categories.merge(question.getName(), found(judged, question), Boolean::logicalOr);
        for (var watched : question.getBands()) {
            double score = score(answer.get(), watched).orElse(0.0);
            scores.merge(question.getName(), score, Math::max);
            for (var label : watched.getLabels()) {
                categories.putIfAbsent(label, false);
                scores.merge(label, score, Math::max);
            }
        }
    }

    private boolean found(PolicyVerdict judged, PolicyQuestion question) {
        return verdict.getReasons().stream()
                .anyMatch(reason -> !reason.getShadow()
                        && reason.getDecision() != ModerationDecision.ALLOW
                        && judged.getPolicy().equals(reason.getPolicy())
                        && reason.getField().startsWith("questions." + question.getName() + "."));
    }

    private static Optional<Double> score(Answer answer, WatchedChoice watched) {
        return answer.getScores().stream()
                .filter(score -> score.getChoice().equals(watched.getChoice()))
                .map(ChoiceScore::getScore)
                .findFirst();
    }

    private ObjectNode result() {
        var result = Json.object().put("flagged", verdict.getDecision() != ModerationDecision.ALLOW);
        var found = result.putObject("categories");
        categories.forEach(found::put);
        var scored = result.putObject("category_scores");
        scores.forEach(scored::put);
        var types = result.putObject("category_applied_input_types");
        categories.keySet().forEach(name -> types.putArray(name).add("image"));
        var more = result.putObject("unifluid")
                .put("submission_id", verdict.getSubmissionId())
                .put("decision", verdict.getDecision().name())
                .put("error_kind", verdict.getErrorKind());
        var labels = more.putArray("labels");
        verdict.getLabels().forEach(labels::add);
        var reasons = more.putArray("reasons");
        verdict.getReasons().stream().map(VerdictReason::getText).forEach(reasons::add);
        var policies = more.putArray("policies");
        verdict.getPolicies()
                .forEach(policy -> policies.addObject()
                        .put("policy", policy.getPolicy())
                        .put("version", policy.getVersion())
                        .put("shadow", policy.getShadow())
                        .put("decision", policy.getDecision().name()));
        return result;
    }
}

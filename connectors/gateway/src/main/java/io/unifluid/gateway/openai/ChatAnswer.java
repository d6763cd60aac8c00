package io.unifluid.gateway.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.gateway.http.Json;
import io.unifluid.schemas.Answer;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.ChoiceScore;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.VqaOutput;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/** A result as a chat completion says it, whole or as a stream of chunks. */
final class ChatAnswer {
    /** In place of minus infinity, which JSON does not have; as OpenAI's API does. */
    private static final double LEAST = -9999.0;

    private final ChatQuestion question;
    private final InferenceResult result;
    private final String content;
    private final int tokens;

    ChatAnswer(ChatQuestion question, InferenceResult result) {
        this.question = question;
        this.result = result;
        this.content = switch (result.getOutput()) {
            case CaptionOutput caption -> caption.getText();
            case VqaOutput vqa -> question.shape().content(vqa.getAnswers());
            default -> throw new IllegalStateException("The result is no text.");
        };
        this.tokens = result.getOutput() instanceof CaptionOutput caption ? caption.getTokens() : 0;
    }

    ObjectNode body() {
        var node = head("chat.completion");
        var choice = choice(node);
        choice.putObject("message")
                .put("role", "assistant")
                .put("content", content)
                .putNull("refusal")
                .putArray("annotations");
        choice.put("finish_reason", finish());
        logprobs(choice);
        node.set("usage", usage());
        return node;
    }

    /** The lines of server-sent events. */
    List<String> chunks() {
        var first = head("chat.completion.chunk");
        var begun = choice(first);
        begun.putObject("delta")
                .put("role", "assistant")
                .put("content", content)
                .putNull("refusal");
        begun.putNull("finish_reason");
        logprobs(begun);
        var last = head("chat.completion.chunk");
        var ended = choice(last);
        ended.putObject("delta");
        ended.put("finish_reason", finish());
        if (!question.usage()) {
            return List.of(Json.text(first), Json.text(last), "[DONE]");
        }
        var used = head("chat.completion.chunk");
        used.putArray("choices");
        used.set("usage", usage());
        return List.of(Json.text(first), Json.text(last), Json.text(used), "[DONE]");
    }

    private ObjectNode head(String object) {
        return Json.object()
                .put("id", "chatcmpl-" + result.getRequestId())
                .put("object", object)
                .put("created", result.getCompletedAt().getEpochSecond())
                .put(
                        "model",
                        result.getModel() == null
                                ? question.model()
                                : result.getModel().getName())
                .put(
                        "system_fingerprint",
                        result.getModel() == null ? null : result.getModel().getVersion());
    }

    private static ObjectNode choice(ObjectNode node) {
        return node.putArray("choices").addObject().put("index", 0);
    }

    private String finish() {
        return question.caption()
                        && question.maxTokens().filter(most -> tokens >= most).isPresent()
                ? "length"
                : "stop";
    }

    /** Only tokens of captions are counted by the workers; pictures and prompts are not. */
    private ObjectNode usage() {
        return Json.object()
                .put("prompt_tokens", 0)
                .put("completion_tokens", tokens)
                .put("total_tokens", tokens);
    }

    /** One entry for each answer as a whole: where it is closed, its alternatives are the choices with their scores. */
    private void logprobs(ObjectNode choice) {
        if (question.logprobs().isEmpty()) {
            choice.putNull("logprobs");
            return;
        }
        var all = choice.putObject("logprobs");
        all.putNull("refusal");
        var entries = all.putArray("content");
        switch (result.getOutput()) {
            case CaptionOutput caption ->
                entry(entries, caption.getText(), caption.getLogProbability()).putArray("top_logprobs");
            case VqaOutput vqa -> vqa.getAnswers().forEach(answer -> answered(entries, answer));
            default -> throw new IllegalStateException("The result is no text.");
        }
    }

    private void answered(ArrayNode entries, Answer answer) {
        var chosen = answer.getScores().stream()
                .filter(score -> score.getChoice().equals(answer.getText()))
                .findFirst();
        var entry = entry(entries, answer.getText(), chosen.map(ChatAnswer::log).orElse(answer.getLogProbability()));
        var top = entry.putArray("top_logprobs");
        answer.getScores().stream()
                .sorted(Comparator.comparingDouble(ChoiceScore::getScore).reversed())
                .limit(question.logprobs().orElse(0))
                .forEach(score -> entry(top, score.getChoice(), log(score)));
    }

    private static double log(ChoiceScore score) {
        return score.getScore() > 0 ? Math.max(LEAST, Math.log(score.getScore())) : LEAST;
    }

    private static ObjectNode entry(ArrayNode entries, String token, double logprob) {
        var entry = entries.addObject().put("token", token).put("logprob", Double.isFinite(logprob) ? logprob : LEAST);
        var bytes = entry.putArray("bytes");
        for (byte one : token.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(one & 0xff);
        }
        return entry;
    }
}

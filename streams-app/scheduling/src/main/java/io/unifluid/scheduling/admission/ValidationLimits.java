package io.unifluid.scheduling.admission;

import io.unifluid.scheduling.task.Preconditions;
import java.util.Map;
import java.util.Set;

/**
 * What admission accepts. Bounds are inclusive.
 *
 * @param maxIdChars longest request id, tenant and model name, in characters
 * @param maxPromptChars longest prompt, instruction, hint, question or choice, in characters
 * @param maxQuestions most questions of one request
 * @param maxChoices most choices of one question
 * @param maxTextTokens largest caption {@code maxTokens}
 * @param maxCount most pictures of one request
 * @param maxSteps most denoising steps a token
 * @param maxGuidance largest guidance scale
 * @param minSide smallest width and height, in pixels, that a caller may ask for
 * @param maxSide largest width and height, in pixels, that a caller may ask for
 * @param sideMultiple width and height must be multiples of it
 * @param maxInlineBytes largest picture inside the record
 * @param uriSchemes schemes that a picture's URI may have, lower case, without the colon
 * @param replyTopics topics that a caller may name as reply topic
 * @param maxLabels most labels of one request
 * @param maxLabelChars longest label name plus value, in characters
 */
public record ValidationLimits(
        int maxIdChars,
        int maxPromptChars,
        int maxQuestions,
        int maxChoices,
        int maxTextTokens,
        int maxCount,
        int maxSteps,
        double maxGuidance,
        int minSide,
        int maxSide,
        int sideMultiple,
        long maxInlineBytes,
        Set<String> uriSchemes,
        Set<String> replyTopics,
        int maxLabels,
        int maxLabelChars) {

    public ValidationLimits {
        uriSchemes = Set.copyOf(uriSchemes);
        replyTopics = Set.copyOf(replyTopics);
        Preconditions.atLeast("maxIdChars", maxIdChars, 1);
        Preconditions.atLeast("maxPromptChars", maxPromptChars, 1);
        Preconditions.atLeast("maxQuestions", maxQuestions, 1);
        Preconditions.atLeast("maxChoices", maxChoices, 2);
        Preconditions.atLeast("maxTextTokens", maxTextTokens, 1);
        Preconditions.atLeast("maxCount", maxCount, 1);
        Preconditions.atLeast("maxSteps", maxSteps, 1);
        Preconditions.positive("maxGuidance", maxGuidance);
        Preconditions.atLeast("minSide", minSide, 1);
        Preconditions.atLeast("maxSide", maxSide, minSide);
        Preconditions.atLeast("sideMultiple", sideMultiple, 1);
        Preconditions.atLeast("maxInlineBytes", maxInlineBytes, 0);
        Preconditions.atLeast("maxLabels", maxLabels, 0);
        Preconditions.atLeast("maxLabelChars", maxLabelChars, 1);
    }

    /** The documented defaults; no reply topic is allowed until one is listed. */
    public static ValidationLimits defaults() {
        return new ValidationLimits(
                200,
                8_192,
                64,
                256,
                256,
                16,
                256,
                30.0,
                16,
                1_024,
                16,
                256 * 1024,
                Set.of("blob", "file", "s3", "http", "https"),
                Set.of(),
                32,
                1_024);
    }

    /** Whether a request may have these labels. */
    public boolean takesLabels(Map<String, String> labels) {
        return labels.size() <= maxLabels
                && labels.entrySet().stream()
                        .allMatch(label ->
                                label.getKey().length() + label.getValue().length() <= maxLabelChars);
    }

    /** The same limits with these reply topics allowed. */
    public ValidationLimits withReplyTopics(Set<String> allowed) {
        return new ValidationLimits(
                maxIdChars,
                maxPromptChars,
                maxQuestions,
                maxChoices,
                maxTextTokens,
                maxCount,
                maxSteps,
                maxGuidance,
                minSide,
                maxSide,
                sideMultiple,
                maxInlineBytes,
                uriSchemes,
                allowed,
                maxLabels,
                maxLabelChars);
    }

    /** The same limits with this largest inline picture, in bytes. */
    public ValidationLimits withMaxInlineBytes(long bytes) {
        return new ValidationLimits(
                maxIdChars,
                maxPromptChars,
                maxQuestions,
                maxChoices,
                maxTextTokens,
                maxCount,
                maxSteps,
                maxGuidance,
                minSide,
                maxSide,
                sideMultiple,
                bytes,
                uriSchemes,
                replyTopics,
                maxLabels,
                maxLabelChars);
    }
}

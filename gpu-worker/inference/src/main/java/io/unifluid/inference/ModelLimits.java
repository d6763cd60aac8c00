package io.unifluid.inference;

import java.util.List;

/**
 * What one item and one batch may ask for. An item beyond them fails with BAD_INPUT; a batch with more rows than
 * {@code maxBatch} is run in parts, so {@code maxBatch} is the size worth filling, not one that may not be passed.
 *
 * @param maxPromptTokens tokens of a prompt with its template
 * @param maxNewTokens tokens of an answer, its end mark included
 * @param maxBatch rows in one run
 * @param maxSteps denoising steps of a generated picture
 * @param maxCount pictures of one generate item
 * @param promptBuckets prompt lengths in tokens that batches are padded to, ascending
 */
public record ModelLimits(
        int maxPromptTokens, int maxNewTokens, int maxBatch, int maxSteps, int maxCount, List<Integer> promptBuckets) {
    public ModelLimits {
        promptBuckets = List.copyOf(promptBuckets);
    }
}

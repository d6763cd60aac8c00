package io.unifluid.bench;

import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.ItemOutcome.CaptionResult;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.TextLoop;
import io.unifluid.inference.families.Models;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A public model's loop over tokens in one graph, beside the loop over steps: the same captions, which must be the same. */
final class CompiledBench implements AutoCloseable {
    private static final int TOKENS = 64;
    /** In a round, so that the clock has something to count. */
    private static final int TIMES_ALONE = 4;

    private final ModelPair pair;
    private final double tokensOfAnItem;

    /** In ms of processor time a token. */
    record Round(double compiled, double steps) {}

    /** One caption at a time. */
    static CompiledBench alone(Path twin) {
        return new CompiledBench(
                twin,
                IntStream.range(0, TIMES_ALONE)
                        .mapToObj(_ -> new int[] {TOKENS})
                        .toList());
    }

    /** Eight in a batch that end together. */
    static CompiledBench together(Path twin) {
        return new CompiledBench(
                twin, List.of(IntStream.generate(() -> TOKENS).limit(8).toArray()));
    }

    /** Eight in a batch, of which one ends every eight tokens. */
    static CompiledBench apart(Path twin) {
        return new CompiledBench(
                twin,
                List.of(IntStream.rangeClosed(1, 8).map(i -> TOKENS / 8 * i).toArray()));
    }

    /** @param lengths of each batch's captions */
    private CompiledBench(Path twin, List<int[]> lengths) {
        var compiled = Models.open(twin.toString(), ModelPair.ONE_THREAD.with(TextLoop.COMPILED));
        var steps = Models.open(twin.toString(), ModelPair.ONE_THREAD.with(TextLoop.STEPS));
        var batches = lengths.stream().map(batch -> batch(compiled, batch)).toList();
        for (var batch : batches) {
            var ours = texts(compiled, batch);
            var theirs = texts(steps, batch);
            if (!ours.equals(theirs)) {
                throw new IllegalStateException("The compiled loop writes " + ours + " and the steps " + theirs + ".");
            }
        }
        this.tokensOfAnItem =
                lengths.stream().flatMapToInt(IntStream::of).average().orElseThrow();
        this.pair = new ModelPair(compiled, steps, batches);
    }

    private static List<InferenceItem> batch(LoadedModel model, int[] lengths) {
        return IntStream.range(0, lengths.length)
                .<InferenceItem>mapToObj(i -> new CaptionItem(
                        "bench-" + i,
                        LargeTwin.picture(model.imageSpec(), 0.1f * (i + 1)),
                        Optional.empty(),
                        lengths[i]))
                .toList();
    }

    private static List<String> texts(LoadedModel model, List<InferenceItem> batch) {
        return model.run(batch).items().stream()
                .map(outcome -> ((CaptionResult) outcome).text())
                .toList();
    }

    List<Round> rounds(int count) {
        return Stream.generate(this::round).limit(count).toList();
    }

    private Round round() {
        var round = pair.round();
        return new Round(round.one() / tokensOfAnItem, round.other() / tokensOfAnItem);
    }

    @Override
    public void close() {
        pair.close();
    }
}

package io.unifluid.inference.unifluid;

import io.unifluid.inference.Task;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.Device;
import io.unifluid.inference.ort.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs every prompt bucket once; on a GPU also as a full batch, since there a shape's first run may be ten times
 * slower. On a CPU that would only take time.
 */
final class WarmUp {
    private WarmUp() {}

    /** @throws io.unifluid.inference.ort.GraphFailure if a graph fails, since then it would fail for users too */
    static void run(Set<Task> tasks, Device device, UniFluidSettings settings, UniFluidGraphs graphs, Padding padding) {
        int width = settings.image().width();
        int height = settings.image().height();
        ImageTensor image = new ImageTensor(new float[3 * width * height], width, height, width, height);
        List<Integer> batches = switch (device.kind()) {
            case CPU -> List.of(1);
            case CUDA -> List.of(1, settings.limits().maxBatch());
        };
        for (int rows : batches) {
            if (tasks.contains(Task.CAPTION) || tasks.contains(Task.VQA)) {
                understand(image, rows, tasks.contains(Task.VQA), settings, graphs, padding);
            }
            if (tasks.contains(Task.GENERATE)) {
                draw(null, rows, settings, graphs, padding);
            }
            if (tasks.contains(Task.EDIT)) {
                draw(image, rows, settings, graphs, padding);
            }
        }
    }

    private static void understand(
            ImageTensor image,
            int rows,
            boolean scores,
            UniFluidSettings settings,
            UniFluidGraphs graphs,
            Padding padding) {
        List<Tensor.Floats> encoded = graphs.encode(Collections.nCopies(rows, image));
        Map<ImageTensor, Tensor.Floats> features = Map.of(image, encoded.getFirst());
        for (int bucket : settings.limits().promptBuckets()) {
            long[] prompt = prompt(bucket, settings);
            graphs.write(Collections.nCopies(rows, new Row.Write(Task.CAPTION, image, prompt, 2)), features, padding);
            if (scores) {
                long[] answer = {settings.eos()};
                List<Row.Score> scored = Collections.nCopies(rows, new Row.Score(image, prompt, answer));
                if (graphs.packs()) {
                    graphs.scorePacked(Pack.of(scored), features, padding);
                } else {
                    graphs.score(scored, features, padding);
                }
            }
        }
    }

    private static void draw(
            ImageTensor source, int rows, UniFluidSettings settings, UniFluidGraphs graphs, Padding padding) {
        for (int bucket : settings.limits().promptBuckets()) {
            Row.Draw row = new Row.Draw(source, prompt(bucket, settings), 0, (float) settings.defaultGuidance(), 1);
            graphs.draw(Collections.nCopies(rows, row), padding);
        }
    }

    private static long[] prompt(int bucket, UniFluidSettings settings) {
        long[] prompt = new long[bucket];
        Arrays.fill(prompt, settings.eos());
        return prompt;
    }
}

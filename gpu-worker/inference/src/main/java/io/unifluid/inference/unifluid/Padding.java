package io.unifluid.inference.unifluid;

import io.unifluid.inference.ort.Device;
import io.unifluid.inference.ort.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Pads token ids to one length per batch, and counts what that wastes. */
final class Padding {
    /** Step of the widths on a CPU, which has no need of few shapes: a narrow batch is only cheaper. */
    private static final int CPU_STEP = 4;

    private final List<Integer> buckets;
    private final long pad;
    private final int imageTokens;
    private long positions;
    private long padded;

    private Padding(List<Integer> buckets, long pad, int imageTokens) {
        this.buckets = buckets;
        this.pad = pad;
        this.imageTokens = imageTokens;
    }

    /** Widths for a device: the bundle's buckets where every new shape costs a slow first run, finer ones on a CPU. */
    static Padding on(Device device, UniFluidSettings settings) {
        List<Integer> buckets = settings.limits().promptBuckets();
        List<Integer> widths = switch (device.kind()) {
            case CPU ->
                IntStream.iterate(CPU_STEP, width -> width < buckets.getLast() + CPU_STEP, width -> width + CPU_STEP)
                        .boxed()
                        .toList();
            case CUDA -> buckets;
        };
        return new Padding(widths, settings.pad(), settings.imageTokens());
    }

    /** The rows' prompts as one tensor, as wide as the smallest width that holds the longest. */
    <R extends Row> Tensor.Longs prompts(List<R> rows) {
        int longest = rows.stream().mapToInt(row -> row.prompt.length).max().orElse(1);
        int width = bucket(longest);
        positions += (long) rows.size() * (imageTokens + width);
        padded += (long) rows.size() * width
                - rows.stream().mapToInt(row -> row.prompt.length).sum();
        return matrix(rows, row -> row.prompt, width);
    }

    Tensor.Longs answers(List<Row.Score> rows) {
        int width = rows.stream().mapToInt(row -> row.answer.length).max().orElse(1);
        positions += (long) rows.size() * width;
        padded += (long) rows.size() * width
                - rows.stream().mapToInt(row -> row.answer.length).sum();
        return matrix(rows, row -> row.answer, width);
    }

    /** Of a run of packs; they run on a CPU alone, which has no need of few shapes. */
    int width(List<Pack> packs) {
        int longest = packs.stream().mapToInt(Pack::width).max().orElse(1);
        int width = (longest + CPU_STEP - 1) / CPU_STEP * CPU_STEP;
        positions += (long) packs.size() * (imageTokens + width);
        padded += (long) packs.size() * width
                - packs.stream().mapToInt(Pack::width).sum();
        return width;
    }

    private int bucket(int length) {
        for (int bucket : buckets) {
            if (bucket >= length) {
                return bucket;
            }
        }
        throw new IllegalArgumentException("No bucket holds " + length + " tokens.");
    }

    private <R> Tensor.Longs matrix(List<R> rows, Function<R, long[]> ids, int width) {
        long[] values = new long[rows.size() * width];
        for (int i = 0; i < rows.size(); i++) {
            long[] row = ids.apply(rows.get(i));
            for (int j = 0; j < width; j++) {
                values[i * width + j] = j < row.length ? row[j] : pad;
            }
        }
        return new Tensor.Longs(values, rows.size(), width);
    }

    static <R> Tensor.Longs lengths(List<R> rows, Function<R, long[]> ids) {
        return new Tensor.Longs(
                rows.stream().mapToLong(row -> ids.apply(row).length).toArray(), rows.size());
    }

    /** Padding among all positions of a batch's shares, 0 to 1. */
    static double share(List<Padding> shares) {
        long positions = shares.stream().mapToLong(share -> share.positions).sum();
        long padded = shares.stream().mapToLong(share -> share.padded).sum();
        return positions == 0 ? 0 : (double) padded / positions;
    }
}

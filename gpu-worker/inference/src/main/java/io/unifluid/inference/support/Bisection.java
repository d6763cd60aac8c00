package io.unifluid.inference.support;

import io.unifluid.inference.ort.GraphFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs rows together; where that fails, runs the halves, so that in the end only the rows at fault have failed. */
public final class Bisection {
    private Bisection() {}

    /**
     * Runs rows in parts of at most {@code maxRows}.
     *
     * @param run computes rows together, or throws GraphFailure
     * @param failed is told each row that fails also alone
     */
    public static <R> void run(List<R> rows, int maxRows, Consumer<List<R>> run, BiConsumer<R, GraphFailure> failed) {
        for (int from = 0; from < rows.size(); from += maxRows) {
            run(rows.subList(from, Math.min(rows.size(), from + maxRows)), run, failed);
        }
    }

    /**
     * What came of each item.
     *
     * @param failures of those that fail also alone
     */
    public record Results<T, V>(Map<T, V> values, Map<T, GraphFailure> failures) {}

    /**
     * Computes a value for each item, in parts of at most {@code most}.
     *
     * @param compute values of items together, in their order, or throws GraphFailure
     */
    public static <T, V> Results<T, V> each(List<T> items, int most, Function<List<T>, List<V>> compute) {
        Results<T, V> results = new Results<>(new HashMap<>(), new HashMap<>());
        run(
                items,
                most,
                part -> {
                    List<V> values = compute.apply(part);
                    for (int i = 0; i < part.size(); i++) {
                        results.values().put(part.get(i), values.get(i));
                    }
                },
                results.failures()::put);
        return results;
    }

    private static <R> void run(List<R> rows, Consumer<List<R>> run, BiConsumer<R, GraphFailure> failed) {
        try {
            run.accept(rows);
        } catch (GraphFailure e) {
            if (rows.size() == 1) {
                failed.accept(rows.getFirst(), e);
                return;
            }
            int half = rows.size() / 2;
            run(rows.subList(0, half), run, failed);
            run(rows.subList(half, rows.size()), run, failed);
        }
    }
}

package io.unifluid.inference.unifluid;

import io.unifluid.inference.image.ImageTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Spreads a batch's rows over several callers. Rows about one picture stay together, since it is encoded once for them,
 * unless they are more than a share's; no share is so small that the batch would cost much more than it gains.
 */
final class Shares {
    /** Of rows that are read or scored: a caption costs as much among 16 as among 32, and among 8 half as much again. */
    static final int LEAST_READ = 16;
    /** Of drawings: one costs a third more among 4 than among 8, and twice as much among 2. */
    static final int LEAST_DRAWN = 4;

    private Shares() {}

    /**
     * @param most shares that can run at once
     * @return at least one share, which is empty if there are no rows, and at most {@code most}
     */
    static List<List<Row>> of(List<Row> rows, int most) {
        double full = rows.stream().mapToDouble(Shares::weight).sum();
        int count = Math.clamp((long) full, 1, most);
        if (count == 1) {
            return List.of(rows);
        }
        List<List<Row>> shares = new ArrayList<>();
        double taken = 0;
        for (List<Row> together : byPicture(rows)) {
            // Where its middle lies says which share it belongs to.
            double weight = together.stream().mapToDouble(Shares::weight).sum();
            int share = (int) Math.min(count - 1L, (long) ((taken + weight / 2) * count / full));
            while (shares.size() <= share) {
                shares.add(new ArrayList<>());
            }
            shares.get(share).addAll(together);
            taken += weight;
        }
        shares.removeIf(List::isEmpty);
        return shares;
    }

    /** Of the least share, how much a row is. */
    private static double weight(Row row) {
        return switch (row) {
            case Row.Write _, Row.Score _ -> 1.0 / LEAST_READ;
            case Row.Draw _ -> 1.0 / LEAST_DRAWN;
        };
    }

    private static List<List<Row>> byPicture(List<Row> rows) {
        List<List<Row>> groups = new ArrayList<>();
        Map<ImageTensor, List<Row>> pictures = new LinkedHashMap<>();
        for (Row row : rows) {
            ImageTensor picture = switch (row) {
                case Row.Write write -> write.image;
                case Row.Score score -> score.image;
                case Row.Draw _ -> null;
            };
            List<Row> known = picture == null ? null : pictures.get(picture);
            if (known != null && known.size() < LEAST_READ) {
                known.add(row);
                continue;
            }
            List<Row> group = new ArrayList<>(List.of(row));
            groups.add(group);
            if (picture != null) {
                pictures.put(picture, group);
            }
        }
        return groups;
    }
}

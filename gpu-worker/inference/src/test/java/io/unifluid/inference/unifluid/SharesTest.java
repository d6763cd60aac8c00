package io.unifluid.inference.unifluid;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.inference.Task;
import io.unifluid.inference.image.ImageTensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static Row.Write caption(int picture) {
        float[] values = new float[48];
        values[0] = picture;
        return new Row.Write(Task.CAPTION, new ImageTensor(values, 4, 4, 4, 4), new long[] {1}, 8);
    }

    private static Row.Draw drawing() {
        return new Row.Draw(null, new long[] {1}, 0, 1, 1);
    }

    private static List<Integer> sizes(List<Row> rows, int most) {
        List<List<Row>> shares = Shares.of(rows, most);
        assertThat(shares.stream().flatMap(List::stream).toList()).containsExactlyInAnyOrderElementsOf(rows);
        return shares.stream().map(List::size).toList();
    }

    private static List<Row> captions(int count, int pictures) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(caption(i % pictures));
        }
        return rows;
    }

    @Test
    void sharesAreAlikeAndNotTooSmall() {
        assertThat(sizes(captions(32, 32), 1)).containsExactly(32);
        assertThat(sizes(captions(32, 32), 2)).containsExactly(16, 16);
        assertThat(sizes(captions(31, 31), 2)).containsExactly(31);
        assertThat(sizes(captions(50, 50), 8)).containsExactly(17, 16, 17);
        assertThat(sizes(captions(0, 1), 2)).containsExactly(0);
    }

    @Test
    void aPictureIsEncodedByOneShareUnlessItHasMoreRowsThanOneTakes() {
        List<List<Row>> shares = Shares.of(captions(40, 8), 2);
        assertThat(shares).hasSize(2);
        assertThat(shares.get(0))
                .noneMatch(row -> shares.get(1).stream()
                        .anyMatch(other -> ((Row.Write) other).image.equals(((Row.Write) row).image)));
        assertThat(sizes(captions(64, 1), 2)).containsExactly(32, 32);
    }

    @Test
    void drawingsAreSharedBeforeReadings() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            rows.add(drawing());
        }
        assertThat(sizes(rows, 4)).containsExactly(4, 4);
        assertThat(sizes(rows.subList(0, 7), 4)).containsExactly(7);
    }
}

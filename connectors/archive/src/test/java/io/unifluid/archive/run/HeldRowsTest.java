package io.unifluid.archive.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeldRowsTest {
    @Test
    void linesComeBackAsTheyWentInInAnyOrderAndOfAnySize() {
        var random = new Random(1);
        int count = 300;
        var lines = new ArrayList<byte[]>();
        var places = new ArrayList<Integer>();
        for (int place = 0; place < count; place++) {
            var line = new byte[place % 50 == 0 ? 2_000_000 : random.nextInt(5_000)];
            random.nextBytes(line);
            lines.add(line);
            places.add(place);
        }
        Collections.shuffle(places, random);
        try (var held = new HeldRows(count)) {
            places.forEach(place -> held.put(place, lines.get(place)));

            assertThat(held.first(count)).containsExactlyElementsOf(lines);
            assertThat(held.first(2)).hasSize(2);
        }
    }

    @Test
    void aLineThatIsPutAgainReplacesTheFirst() {
        try (var held = new HeldRows(2)) {
            held.put(0, new byte[] {1});
            held.put(1, new byte[] {2, 2});
            held.put(0, new byte[] {3, 3, 3});

            assertThat(held.first(2)).containsExactly(new byte[] {3, 3, 3}, new byte[] {2, 2});
        }
    }

    @Test
    void whatComesAfterTheyWereLetGoOfIsLost() {
        var held = new HeldRows(1);
        held.close();

        held.put(0, new byte[] {1});
        held.close();
    }
}

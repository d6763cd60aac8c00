package io.unifluid.archive.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldRowsTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("00000.held");
    }

    @Test
    void linesComeBackAsTheyWentInInAnyOrderAndOfAnySize() throws IOException {
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
        try (var held = new HeldRows(count, file())) {
            for (int place : places) {
                held.put(place, lines.get(place));
            }
            assertThat(file()).exists();
            for (int place : places) {
                assertThat(held.get(place)).isEqualTo(lines.get(place));
            }
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aLineThatIsPutAgainReplacesTheFirst() throws IOException {
        try (var held = new HeldRows(2, file())) {
            held.put(0, new byte[] {1});
            held.put(1, new byte[] {2, 2});
            held.put(0, new byte[] {3, 3, 3});

            assertThat(file()).doesNotExist();
            assertThat(held.get(0)).containsExactly(3, 3, 3);
            assertThat(held.get(1)).containsExactly(2, 2);
        }
    }

    @Test
    void whatComesAfterTheyWereLetGoOfIsLost() throws IOException {
        var held = new HeldRows(1, file());
        held.close();

        held.put(0, new byte[] {1});
        held.close();
    }
}

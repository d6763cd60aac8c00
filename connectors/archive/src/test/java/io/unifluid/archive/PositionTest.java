package io.unifluid.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PositionTest {
    @Test
    void filesGoByTheirBytesAsS3ListsThem() {
        var names =
                new ArrayList<>(List.of("a", "a/b", "a-b", "a.b", "", "\ue000", "\uffee", "\ud83d\ude80", "\u00e9"));
        var random = new Random(7);
        for (int i = 0; i < 200; i++) {
            names.add(names.get(random.nextInt(9)) + names.get(random.nextInt(9)));
        }
        for (var one : names) {
            for (var other : names) {
                int bytes = Arrays.compareUnsigned(
                        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
                assertThat(Integer.signum(Position.compareFiles(one, other)))
                        .as(one + " and " + other)
                        .isEqualTo(Integer.signum(bytes));
            }
        }
    }

    @Test
    void thePartsOfSeveralMachinesAreOneArchive() {
        var counts = new int[3];
        for (int i = 0; i < 3000; i++) {
            var item = new Item(
                    new Position(0, "f" + i, 0), "x", "f" + i, java.util.OptionalLong.empty(), new Content.Remote("x"));
            counts[item.part(3)]++;
            assertThat(item.part(1)).isZero();
        }
        assertThat(java.util.stream.IntStream.of(counts).boxed()).allMatch(count -> count > 900 && count < 1100);
        // Another machine, another day, another version: the same.
        assertThat(new Item(
                                new Position(0, "a/b.png", 0),
                                "anywhere",
                                "a/b.png",
                                java.util.OptionalLong.of(3),
                                new Content.Remote("x"))
                        .id("caption"))
                .isEqualTo("6dfb98fb1bc51f7e490d2dd45f1fed49");
    }
}

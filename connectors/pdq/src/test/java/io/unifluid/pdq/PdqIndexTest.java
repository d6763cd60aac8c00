package io.unifluid.pdq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PdqIndexTest {
    private final Random random = new Random(5);
    private final PdqIndex index = new PdqIndex();

    @Test
    void nothingIsNearInAnEmptyIndex() {
        assertThat(index.nearest(some())).isEmpty();
    }

    @Test
    void aHashWithinTheDistanceIsFoundWhereverItsBitsDiffer() {
        List<PdqHash> known = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            known.add(some());
            index.add(known.getLast());
        }
        for (int i = 0; i < known.size(); i++) {
            assertThat(index.nearest(other(known.get(i), PdqHash.MATCH))).hasValue(i);
            assertThat(index.nearest(other(known.get(i), PdqHash.MATCH + 1))).isEmpty();
        }
    }

    /** Two bits in 15 pieces and one in the last: no other choice of pieces leaves less in common. */
    @Test
    void theHashWhosePiecesAllDifferIsFound() {
        index.add(new PdqHash(0, 0, 0, 0));
        long twice = 0x0003_0003_0003_0003L;

        assertThat(index.nearest(new PdqHash(twice, twice, twice, 0x0003_0003_0003_0001L)))
                .hasValue(0);
        assertThat(index.nearest(new PdqHash(twice, twice, twice, 0x0001_0003_0003_0003L)))
                .hasValue(0);
    }

    @Test
    void theNearestIsTakenAsIfAllWereCompared() {
        var middle = some();
        var known = IntStream.range(0, 2000)
                .mapToObj(_ -> other(middle, random.nextInt(60)))
                .toList();
        known.forEach(index::add);
        for (int i = 0; i < 500; i++) {
            var asked = other(middle, random.nextInt(40));
            var nearest = IntStream.range(0, known.size())
                    .boxed()
                    .filter(at -> known.get(at).distance(asked) <= PdqHash.MATCH)
                    .min(Comparator.comparingInt((Integer at) -> known.get(at).distance(asked))
                            .thenComparingInt(at -> at));

            assertThat(index.nearest(asked))
                    .isEqualTo(nearest.map(OptionalInt::of).orElse(OptionalInt.empty()));
        }
        assertThat(index.size()).isEqualTo(2000);
    }

    private PdqHash some() {
        return new PdqHash(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    /** With so many bits changed. */
    private PdqHash other(PdqHash of, int bits) {
        long[] words = {of.a(), of.b(), of.c(), of.d()};
        random.ints(0, 256).distinct().limit(bits).forEach(bit -> words[bit / 64] ^= 1L << bit % 64);
        return new PdqHash(words[0], words[1], words[2], words[3]);
    }
}

package io.unifluid.inference.unifluid;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.inference.image.ImageTensor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PackTest {
    private static final ImageTensor ONE = picture(1);
    private static final ImageTensor OTHER = picture(2);

    private static ImageTensor picture(int number) {
        float[] values = new float[48];
        values[0] = number;
        return new ImageTensor(values, 4, 4, 4, 4);
    }

    private static Row.Score row(ImageTensor image, long[] prompt, long... answer) {
        return new Row.Score(image, prompt, answer);
    }

    @Test
    void whatTextsBeginWithIsThereOnceAndEachGoesOnWhereItEnds() {
        long[] prompt = {11, 12, 13};
        var packs = Pack.of(List.of(
                row(ONE, prompt, 21, 22, 2),
                row(OTHER, prompt, 21, 2),
                row(ONE, prompt.clone(), 31, 2),
                row(ONE, new long[] {11, 12}, 21, 2),
                row(ONE, prompt, 21, 23, 2),
                row(ONE, new long[] {41}, 2)));
        assertThat(packs).extracting(Pack::image).containsExactly(ONE, OTHER);
        assertThat(packs).extracting(Pack::width).containsExactly(9, 4);
        assertThat(packs).extracting(Pack::scored).containsExactly(11, 2);

        var inputs = Pack.Inputs.of(packs, 10, 0);
        assertThat(inputs.ids())
                .containsExactly(11, 12, 13, 21, 22, 23, 31, 21, 41, 0, 11, 12, 13, 21, 0, 0, 0, 0, 0, 0);
        assertThat(inputs.place()).containsExactly(0, 1, 2, 3, 4, 4, 3, 2, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0);
        assertThat(inputs.until()).containsExactly(7, 7, 6, 5, 4, 5, 6, 7, 8, -1, 3, 3, 3, 3, -1, -1, -1, -1, -1, -1);
        assertThat(inputs.before()).containsExactly(2, 3, 4, 2, 6, 1, 7, 2, 3, 5, 8, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(inputs.wanted())
                .containsExactly(21, 22, 2, 31, 2, 21, 2, 21, 23, 2, 2, 21, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        packs.getFirst().take(new float[] {9, -1, -2, -3, -10, -20, -4, -5, -1, -1, -1, -100}, 1);
        assertThat(packs.getFirst().rows())
                .extracting(scored -> scored.logProbability)
                .containsExactly(-6.0, -30.0, -9.0, -3.0, -100.0);
    }

    @Test
    void whatIsTooMuchForOneRowGoesIntoSeveral() {
        var many = IntStream.range(0, 60)
                .mapToObj(i -> row(ONE, new long[] {i / 2, 1, 1, 1, 1}, i, i, 2))
                .toList();
        var packs = Pack.of(many);
        assertThat(packs).hasSize(3).allMatch(pack -> pack.width() <= Pack.MOST_TOKENS);
        assertThat(packs.stream().flatMap(pack -> pack.rows().stream()).toList())
                .containsExactlyElementsOf(many);

        long[] tooLong = new long[Pack.MOST_TOKENS + 1];
        assertThat(Pack.of(List.of(row(ONE, tooLong, 2), row(ONE, tooLong, 3, 2), row(ONE, tooLong.clone(), 4, 2))))
                .as("one that is too long is alone")
                .extracting(pack -> pack.rows().size())
                .containsExactly(1, 1, 1);
    }
}

package io.unifluid.inference.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.inference.Fixtures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Formats and their variants, each a row of {@code variants/table.csv}: right to the level that the row allows against
 * the pixels of a second decoder, or refused by its name. {@code make_variants.py} writes the table and the files.
 */
class VariantsTest {
    private record Row(String file, String expected, String refused, String levels) {
        @Override
        public String toString() {
            return file;
        }
    }

    static Stream<Arguments> decoded() {
        return rows().filter(row -> row.refused().isEmpty()).map(Arguments::of);
    }

    static Stream<Arguments> refused() {
        return rows().filter(row -> !row.refused().isEmpty()).map(Arguments::of);
    }

    private static Stream<Row> rows() {
        List<List<String>> lines = new String(Fixtures.variant("table.csv"), StandardCharsets.UTF_8)
                .lines()
                .map(VariantsTest::cells)
                .toList();
        List<String> head = lines.getFirst();
        return lines.stream()
                .skip(1)
                .map(line -> new Row(
                        line.get(head.indexOf("file")),
                        line.get(head.indexOf("expected")),
                        line.get(head.indexOf("refused")),
                        line.get(head.indexOf("levels"))));
    }

    /** Of a line whose cells stand in quotes where they hold commas. */
    private static List<String> cells(String line) {
        return Stream.of(line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1))
                .map(cell -> cell.replace("\"", ""))
                .toList();
    }

    @ParameterizedTest
    @MethodSource
    void decoded(Row row) throws Exception {
        BufferedImage expected =
                ImageIO.read(new ByteArrayInputStream(Fixtures.variant("expected/" + row.expected() + ".png")));
        int width = expected.getWidth();
        int height = expected.getHeight();
        ImageSpec spec = new ImageSpec(width, height, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));

        try (ImageDecoder decoder = new ImageDecoder(spec, DecodeLimits.defaults())) {
            ImageTensor tensor = decoder.decode(Fixtures.variant(row.file()));

            assertThat(tensor.originalWidth()).isEqualTo(width);
            assertThat(tensor.originalHeight()).isEqualTo(height);
            assertThat(furthest(tensor, expected)).isLessThanOrEqualTo(Integer.parseInt(row.levels()));
        }
    }

    private static int furthest(ImageTensor tensor, BufferedImage expected) {
        int area = tensor.width() * tensor.height();
        int furthest = 0;
        for (int i = 0; i < area; i++) {
            int rgb = expected.getRGB(i % tensor.width(), i / tensor.width());
            for (int channel = 0; channel < 3; channel++) {
                int level = Math.round(255 * tensor.values()[channel * area + i]);
                furthest = Math.max(furthest, Math.abs(level - (rgb >> 16 - 8 * channel & 255)));
            }
        }
        return furthest;
    }

    @ParameterizedTest
    @MethodSource
    void refused(Row row) {
        ImageSpec spec = new ImageSpec(8, 8, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));

        try (ImageDecoder decoder = new ImageDecoder(spec, DecodeLimits.defaults())) {
            assertThatThrownBy(() -> decoder.decode(Fixtures.variant(row.file())))
                    .isInstanceOf(BadImageException.class)
                    .hasMessageContaining(row.refused())
                    .hasMessageNotContainingAny("damaged", "cut short");
        }
    }
}

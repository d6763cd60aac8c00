package io.unifluid.gateway.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LinesTest {
    @Test
    void keepsLinesByTheirPlacesAndCountsAsEditorsDo() throws IOException {
        try (var lines = read("\uFEFFone\r\n\n  \t\r\nfour\nlast", 10)) {
            assertThat(all(lines)).containsExactly("one\r", "four", "last");
            assertThat(IntStream.range(0, 3).map(lines::number)).containsExactly(1, 4, 5);
        }
    }

    @Test
    void aFileOfWhiteSpaceHasNone() throws IOException {
        try (var lines = read("\uFEFF\n \n\r\n", 10)) {
            assertThat(lines.count()).isZero();
            assertThat(lines.more()).isFalse();
        }
    }

    @Test
    void tellsOneLineTooManyFromAsManyAsMayBe() throws IOException {
        try (var lines = read("a\nb\nc\n\n", 3)) {
            assertThat(lines.count()).isEqualTo(3);
            assertThat(lines.more()).isFalse();
        }
        try (var lines = read("a\nb\nc\nd", 3)) {
            assertThat(lines.count()).isEqualTo(3);
            assertThat(lines.more()).isTrue();
        }
    }

    @Test
    void linesMayBeLongerThanWhatIsReadAtOnce() throws IOException {
        var first = "x".repeat(200_000);
        var second = "y".repeat(70_000);
        try (var lines = read(first + "\n" + second + "\n", 3)) {
            assertThat(all(lines)).containsExactly(first, second);
        }
    }

    private static Lines read(String text, int most) throws IOException {
        return Lines.copied(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), most);
    }

    private static List<String> all(Lines lines) {
        return IntStream.range(0, lines.count())
                .mapToObj(place -> new String(lines.at(place), StandardCharsets.UTF_8))
                .toList();
    }
}

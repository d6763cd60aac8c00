package io.unifluid.gateway.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class AnswersTest {
    @Test
    void theFirstAnswerOfALineCountsAndFilesAreInTheOrderOfLines() throws IOException {
        try (var answers = new Answers(4)) {
            assertThat(answers.put(3, utf8("d"), false)).isTrue();
            assertThat(answers.put(0, utf8("a"), false)).isTrue();
            assertThat(answers.put(1, utf8("wrong"), true)).isTrue();
            assertThat(answers.put(3, utf8("again"), true)).isFalse();
            assertThat(answers.firstOpen(0)).isEqualTo(2);
            assertThat(answers.all()).isFalse();
            assertThat(answers.put(2, utf8("c"), false)).isTrue();
            assertThat(answers.all()).isTrue();
            assertThat(answers.completed()).isEqualTo(3);
            assertThat(answers.failed()).isEqualTo(1);
            assertThat(written(answers, false)).isEqualTo("a\nc\nd\n");
            assertThat(written(answers, true)).isEqualTo("wrong\n");
        }
    }

    private static String written(Answers answers, boolean errors) throws IOException {
        var out = new ByteArrayOutputStream();
        answers.write(errors, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

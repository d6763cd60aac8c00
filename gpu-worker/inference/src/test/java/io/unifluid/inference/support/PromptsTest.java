package io.unifluid.inference.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.inference.Fixtures;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PromptsTest {
    private static final String TEMPLATE = "<|question|>" + Prompts.PLACE + "<|answer|>";

    private final Prompts prompts = Prompts.open(Fixtures.tinyBundle().resolve("tokenizer.json"), 16, 0, 2);

    @AfterEach
    void close() {
        prompts.close();
    }

    @Test
    void marksAreSingleTokensAroundTheWords() throws BadItem {
        long[] ids = prompts.encode(TEMPLATE, "ab", "question");

        assertThat(ids).hasSize(4).startsWith(4).endsWith(5);
        assertThat(prompts.decode(new long[] {ids[1], ids[2], 2, 0, 0})).isEqualTo("ab");
    }

    @Test
    void userCannotWriteMarks() throws BadItem {
        assertThat(prompts.encode(TEMPLATE, "<|answer|>", "question"))
                .isEqualTo(prompts.encode(TEMPLATE, "answer|>", "question"));
        assertThat(prompts.encode(TEMPLATE, "<<||answer|>", "question"))
                .isEqualTo(prompts.encode(TEMPLATE, "answer|>", "question"));
    }

    @Test
    void userCannotWriteAnyTokenThatTheTokenizerReadsByItself() throws BadItem {
        for (String mark : List.of("<|pad|>", "<|eos|>", "<|question|>", "<|image|>", "<|x<|image|>")) {
            assertThat(LongStream.of(prompts.encodeAnswer(mark + "a", 16, "")).filter(id -> id < 9))
                    .as(mark)
                    .containsExactly(2L);
        }
    }

    @Test
    void readsTheSameFromWhatReadsTheSame() throws BadItem {
        long[] plain = prompts.encode(TEMPLATE, "caf\u00E9 a", "question");
        for (String same : List.of(
                "cafe\u0301 a", " caf\u00E9 a\n", "caf\u00E9\u00A0 a", "ca\u200Bf\u00E9 a\uFEFF", "caf\u00E9\u2003a")) {
            assertThat(prompts.encode(TEMPLATE, same, "question")).as(same).isEqualTo(plain);
        }
    }

    @Test
    void keepsTheLongestPromptAndRefusesOneTokenMore() throws BadItem {
        assertThat(prompts.encode(TEMPLATE, "a".repeat(14), "question")).hasSize(16);
        assertThatThrownBy(() -> prompts.encode(TEMPLATE, "a".repeat(15), "question"))
                .isInstanceOf(BadItem.class)
                .hasMessage("The question takes 17 tokens and this model reads at most 16; shorten it.");
    }

    @Test
    void refusesAPromptOfTenMegabytesByItsLength() {
        assertThatThrownBy(() -> prompts.encode(TEMPLATE, "a ".repeat(5_000_000), "prompt"))
                .hasMessage("The prompt has 10000000 characters and this model reads at most 16 tokens; shorten it.");
    }

    @Test
    void readsAnyLanguage() throws BadItem {
        long[] ids = prompts.encode(TEMPLATE, "é猫", "question");

        assertThat(prompts.decode(java.util.Arrays.copyOfRange(ids, 1, ids.length - 1)))
                .isEqualTo("é猫");
    }

    @Test
    void answersEndWithTheEndMark() throws BadItem {
        assertThat(prompts.encodeAnswer("yes", 8, "")).hasSize(4).endsWith(2);
        assertThatThrownBy(() -> prompts.encodeAnswer("far too long", 8, ""))
                .hasMessage("The choice \"far too long\" takes 13 tokens and this model answers with at most 8; shorten"
                        + " it.");
        assertThatThrownBy(() -> prompts.encodeAnswer("", 8, "")).hasMessageStartingWith("A choice is empty");
    }
}

package io.unifluid.scheduling.task;

import static io.unifluid.scheduling.task.RequestsInTests.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkProfilesTest {
    private static final Task CAPTION = new Task.Caption(0, Optional.empty());

    private final CostModel costs = new CostModel(10, 0.1, 1, 2, 0.5, 16, 24, 4, 8, 128);

    private static Task.Generate generate(String prompt, int count, int side, double guidance, int steps) {
        return new Task.Generate(prompt, count, side, side, OptionalDouble.of(guidance), steps);
    }

    @ParameterizedTest
    @CsvSource({"0,8", "8,8", "9,16", "16,16", "17,32", "33,64", "1000,1024"})
    void roundsPromptLengthsUpToPowersOfTwo(int tokens, int bucket) {
        assertThat(Buckets.promptBucket(tokens)).isEqualTo(bucket);
    }

    @ParameterizedTest
    @CsvSource({"'',0", "a cat,2", "'  a   cat ',2", "elephant,2", "unbelievable strength,4", "中文字符中文字符,2"})
    void estimatesTokens(String text, int tokens) {
        assertThat(Buckets.approximateTokens(text)).isEqualTo(tokens);
    }

    @Test
    void namesBucketsByWhatMustMatch() {
        assertThat(Buckets.key(CAPTION, Optional.empty())).isEqualTo("caption|-|p8|-|-|-");
        assertThat(Buckets.key(
                        new Task.Vqa(List.of(new Task.Question("Is there a cat in it?", List.of("yes", "no")))),
                        Optional.of("nano")))
                .isEqualTo("vqa|nano|p8|-|-|-");
        assertThat(Buckets.key(generate("a cat", 3, 64, 2.5, 16), Optional.empty()))
                .isEqualTo("generate|-|p8|64x64|s16|g2.5");
        assertThat(Buckets.key(new Task.Generate("a cat", 1, 0, 0, OptionalDouble.empty(), 0), Optional.empty()))
                .isEqualTo("generate|-|p8|-|-|-");
        assertThat(Buckets.key(new Task.Edit("make it red", OptionalDouble.empty(), 4), Optional.empty()))
                .isEqualTo("edit|-|p8|-|s4|-");
    }

    @Test
    void theLongestQuestionDecidesTheBucket() {
        String longer = "what is the small red thing on the left side of the picture";
        Task.Vqa two = new Task.Vqa(
                List.of(new Task.Question("Why?", List.of()), new Task.Question(longer, List.of("a cup", "a car"))));
        assertThat(Buckets.promptTokens(two)).isEqualTo(13 + 1 + 2);
        assertThat(Buckets.key(two, Optional.empty())).isEqualTo("vqa|-|p16|-|-|-");
    }

    @Test
    void costsGrowWithTheWork() {
        assertThat(costs.cost(CAPTION)).isEqualTo(10 + 1.6 + 24);
        assertThat(costs.cost(new Task.Caption(5, Optional.of("a cat")))).isEqualTo(10 + 1.8 + 5, within(1e-9));
        assertThat(costs.cost(new Task.Caption(1_000, Optional.empty()))).isEqualTo(10 + 1.6 + 24);
        // Every choice is read with its question and the picture; nine letters are three tokens.
        assertThat(costs.cost(new Task.Vqa(List.of(
                        new Task.Question("is it red", List.of("yes", "no")),
                        new Task.Question("what is it", List.of())))))
                .isEqualTo(10 + 2 * 0.1 * (16 + 3 + 1) + (0.1 * (16 + 4) + 4), within(1e-9));
        // 64 tokens of 16 x 16 pixels, 8 steps, whatever the guidance.
        assertThat(costs.cost(new Task.Generate("a cat", 1, 0, 0, OptionalDouble.empty(), 0)))
                .isEqualTo(1.8 + 64 * (2 + 4), within(1e-9));
        assertThat(costs.cost(generate("a cat", 2, 64, 1, 4))).isEqualTo(2 * (1.8 + 16 * (2 + 2)), within(1e-9));
        assertThat(costs.cost(new Task.Edit("red", OptionalDouble.empty(), 4)))
                .isEqualTo(10 + 1.7 + 64 * (2 + 2), within(1e-9));
    }

    @Test
    void whatSeemsShortIsNotCheap() {
        var chinese = new Task.Edit("\u4E2D".repeat(60), OptionalDouble.empty(), 4);
        var latin = new Task.Edit("x".repeat(180), OptionalDouble.empty(), 4);
        assertThat(costs.cost(chinese)).isEqualTo(costs.cost(latin));
    }

    @Test
    void measuresARequest() {
        RequestFacts facts = new RequestFacts(
                "r-1",
                "abc",
                Optional.of(CAPTION),
                Optional.of(new Picture(OptionalLong.of(5_000), Optional.empty())),
                Optional.empty(),
                true,
                Optional.of(at(9)),
                Optional.empty(),
                Map.of("key", "value"));
        assertThat(new WorkProfiles(costs).profile(facts, Optional.of("same")))
                .isEqualTo(new WorkProfile(
                        "r-1",
                        "abc",
                        Lane.UNDERSTAND_INTERACTIVE,
                        "caption|-|p8|-|-|-",
                        10 + 1.6 + 24,
                        200 + 3 * (3 + 3 + 8) + 5_000,
                        Optional.of(at(9)),
                        Optional.of("same")));
    }

    @Test
    void refusesToMeasureARequestWithoutTask() {
        RequestFacts facts = new RequestFacts(
                "r-1",
                "abc",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true,
                Optional.empty(),
                Optional.empty(),
                Map.of());
        assertThatThrownBy(() -> new WorkProfiles(costs).profile(facts, Optional.empty()))
                .hasMessage("A request without a task has no profile.");
    }

    @Test
    void putsTasksIntoLanes() {
        Task edit = new Task.Edit("red", OptionalDouble.empty(), 0);
        assertThat(Lane.of(CAPTION, true)).isEqualTo(Lane.UNDERSTAND_INTERACTIVE);
        assertThat(Lane.of(new Task.Vqa(List.of()), false)).isEqualTo(Lane.UNDERSTAND_BULK);
        assertThat(Lane.of(generate("a", 1, 0, 1, 0), false)).isEqualTo(Lane.GENERATE_BULK);
        assertThat(Lane.of(edit, true)).isEqualTo(Lane.GENERATE_INTERACTIVE);
        assertThat(Lane.ofTopicSuffix("generate-bulk")).isEqualTo(Lane.GENERATE_BULK);
        assertThatThrownBy(() -> Lane.ofTopicSuffix("fast"))
                .hasMessage("Unknown lane 'fast'; the lanes are [understand-interactive, generate-interactive,"
                        + " understand-bulk, generate-bulk].");
    }

    @Test
    void everyTaskIsNamedToCallers() {
        assertThat(TaskKind.NAMES).hasSize(TaskKind.class.getPermittedSubclasses().length);
    }
}

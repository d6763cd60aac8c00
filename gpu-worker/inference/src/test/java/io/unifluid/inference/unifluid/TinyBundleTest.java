package io.unifluid.inference.unifluid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.FailureCause;
import io.unifluid.inference.Fixtures;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.EditItem;
import io.unifluid.inference.InferenceItem.GenerateItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.ItemOutcome;
import io.unifluid.inference.ItemOutcome.CaptionResult;
import io.unifluid.inference.ItemOutcome.ImagesResult;
import io.unifluid.inference.ItemOutcome.ItemFailure;
import io.unifluid.inference.ItemOutcome.RenderedImage;
import io.unifluid.inference.ItemOutcome.VqaResult;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.support.PngPixels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The family on toy graphs: a caption repeats the first letter of its hint, a choice scores red - tokens, a picture is
 * noise. A letter that is not ASCII makes the whole run of a graph fail.
 */
class TinyBundleTest {
    private static LoadedModel model;

    @BeforeAll
    static void load() {
        model = Models.load(ModelBundle.open(Fixtures.tinyBundle()), new ModelOptions(DeviceChoice.CPU, 2, 1, 1));
        model.warmUp();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static ImageTensor red(float red) {
        float[] values = new float[48];
        Arrays.fill(values, 0, 16, red);
        return new ImageTensor(values, 4, 4, 4, 4);
    }

    private static CaptionItem caption(String id, float red, String hint) {
        return new CaptionItem(id, red(red), Optional.of(hint), 0);
    }

    private static GenerateItem generate(String id, String prompt, OptionalLong seed, int count) {
        return new GenerateItem(id, prompt, count, seed, OptionalDouble.empty(), OptionalInt.empty(), 0, 0);
    }

    private static ItemOutcome alone(InferenceItem item) {
        BatchOutcome outcome = model.run(List.of(item));
        assertThat(outcome.items()).hasSize(1);
        return outcome.items().getFirst();
    }

    private static void refused(InferenceItem item, String message) {
        assertThat(alone(item)).isEqualTo(new ItemFailure(item.id(), FailureCause.BAD_INPUT, message));
    }

    @Test
    void captionsAreDecodedAndTheirProbabilityAddedUp() {
        CaptionResult result = (CaptionResult) alone(caption("c", 0.25f, "xyz"));

        assertThat(result.id()).isEqualTo("c");
        assertThat(result.text()).isEqualTo("xx");
        assertThat(result.tokenCount()).isEqualTo(2);
        assertThat(result.logProbability()).isCloseTo(3 * 0.25, within(1e-6));
    }

    @Test
    void captionStopsAtItsOwnLimitBesideALongerOne() {
        BatchOutcome outcome =
                model.run(List.of(new CaptionItem("short", red(1), Optional.of("a"), 1), caption("long", 1, "b")));

        assertThat(outcome.items())
                .containsExactly(new CaptionResult("short", "a", 1, 1), new CaptionResult("long", "bb", 3, 2));
    }

    @Test
    void choicesGetCalibratedScoresAndTheBestIsTheAnswer() {
        VqaResult result = (VqaResult) alone(new VqaItem(
                "v",
                red(0.5f),
                List.of(new QuestionItem("q", List.of("four", "no")), new QuestionItem("w", List.of()))));

        assertThat(result.answers().get(0).answer()).isEqualTo("no");
        assertThat(result.answers().get(0).logProbability()).isCloseTo(0.5 - 3, within(1e-6));
        assertThat(result.answers().get(0).choices().get(0).score())
                .isCloseTo(1 / (1 + Math.exp((5 - 3) / 2.0)), within(1e-6));
        assertThat(result.answers().get(0).choices().stream()
                        .mapToDouble(ItemOutcome.ChoiceScore::score)
                        .sum())
                .isCloseTo(1, within(1e-9));
        assertThat(result.answers().get(1).answer()).isEqualTo("ww");
        assertThat(result.answers().get(1).choices()).isEmpty();
    }

    @Test
    void aMixedBatchKeepsItsOrderAndEachItemItsOwnPicture() {
        List<InferenceItem> items = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            items.add(caption("c" + i, i, "k"));
            items.add(generate("g" + i, "draw", OptionalLong.of(i), 1));
        }

        List<ItemOutcome> outcomes = model.run(items).items();

        for (int i = 0; i < 11; i++) {
            assertThat(outcomes.get(2 * i)).isEqualTo(new CaptionResult("c" + i, "kk", 3.0 * i, 2));
            assertThat(png(outcomes.get(2 * i + 1), 0)).isEqualTo(png(alone(items.get(2 * i + 1)), 0));
        }
    }

    @Test
    void onlyThePoisonousItemFailsInABatch() {
        List<InferenceItem> items = List.of(
                caption("a", 1, "a"),
                caption("poison", 1, "é"),
                caption("b", 1, "b"),
                generate("bad", "é", OptionalLong.empty(), 2),
                generate("good", "g", OptionalLong.empty(), 2),
                new VqaItem("v", red(1), List.of(new QuestionItem("é", List.of("yes", "no")))),
                caption("c", 1, "c"));

        List<ItemOutcome> outcomes = model.run(items).items();

        assertThat(outcomes.get(0)).isInstanceOf(CaptionResult.class);
        assertThat(outcomes.get(2)).isEqualTo(new CaptionResult("b", "bb", 3, 2));
        assertThat(outcomes.get(4)).isInstanceOf(ImagesResult.class);
        assertThat(outcomes.get(6)).isInstanceOf(CaptionResult.class);
        for (int failed : new int[] {1, 3, 5}) {
            assertThat(outcomes.get(failed))
                    .isInstanceOfSatisfying(
                            ItemFailure.class,
                            failure -> assertThat(failure.cause()).isEqualTo(FailureCause.MODEL));
        }
    }

    @Test
    void notANumberInOnePictureFailsThatItemAlone() {
        List<ItemOutcome> outcomes = model.run(List.of(caption("nan", Float.NaN, "a"), caption("ok", 1, "b")))
                .items();

        assertThat(outcomes.get(0)).isInstanceOf(ItemFailure.class);
        assertThat(outcomes.get(1)).isInstanceOf(CaptionResult.class);
    }

    @Test
    void pictureIOfACountIsThePictureOfSeedPlusI() {
        ItemOutcome three = alone(generate("g", "draw", OptionalLong.of(40), 3));

        assertThat(((ImagesResult) three).images().stream().map(RenderedImage::seed))
                .containsExactly(40L, 41L, 42L);
        assertThat(png(three, 2)).isEqualTo(png(alone(generate("other", "draw", OptionalLong.of(42), 1)), 0));
        assertThat(png(three, 0)).isNotEqualTo(png(three, 1));
    }

    @Test
    void absentSeedComesFromTheIdAndIsReported() {
        ItemOutcome first = alone(generate("g", "draw", OptionalLong.empty(), 1));
        long seed = ((ImagesResult) first).images().getFirst().seed();

        assertThat(png(alone(generate("g", "draw", OptionalLong.empty(), 1)), 0))
                .isEqualTo(png(first, 0));
        assertThat(png(alone(generate("x", "draw", OptionalLong.of(seed), 1)), 0))
                .isEqualTo(png(first, 0));
        assertThat(png(alone(generate("h", "draw", OptionalLong.empty(), 1)), 0))
                .isNotEqualTo(png(first, 0));
    }

    @Test
    void stepsGuidanceAndSourceReachTheGraph() {
        EditItem item =
                new EditItem("e", red(0.5f), "paint", OptionalLong.of(1), OptionalDouble.of(0), OptionalInt.of(3));

        ImagesResult result = (ImagesResult) alone(item);

        assertThat(PngPixels.of(result.images().getFirst().png()).getRGB(2, 2) & 0xFFFFFF)
                .isEqualTo(0xBF8080);
        GenerateItem strong =
                new GenerateItem("g", "p", 1, OptionalLong.of(1), OptionalDouble.of(5), OptionalInt.of(3), 0, 0);
        GenerateItem slow =
                new GenerateItem("g", "p", 1, OptionalLong.of(1), OptionalDouble.of(5), OptionalInt.of(30), 4, 4);
        assertThat(png(alone(strong), 0)).isNotEqualTo(png(alone(slow), 0));
    }

    @Test
    void questionsAboutOnePictureShareItsEncoding() {
        var questions = List.of(new QuestionItem("a", List.of("yes", "no")), new QuestionItem("b", List.of()));
        assertThat(model.run(List.of(
                                new VqaItem("1", red(1), questions),
                                new VqaItem("2", red(1), questions),
                                caption("3", 1, "a"),
                                caption("4", 0.5f, "a")))
                        .encodedPictures())
                .isEqualTo(2);
        assertThat(model.run(List.of(generate("g", "p", OptionalLong.of(1), 1))).encodedPictures())
                .isZero();
    }

    @Test
    void paddingIsReported() {
        // 4 picture tokens and 4 of the prompt, of which "<|caption|>a<|answer|>" fills 3; 8 beside one of 6.
        assertThat(model.run(List.of(caption("a", 1, "a"))).paddingShare()).isCloseTo(1 / 8.0, within(1e-9));
        assertThat(model.run(List.of(caption("a", 1, "a"), caption("b", 1, "bbbb")))
                        .paddingShare())
                .isCloseTo((5 + 2) / 24.0, within(1e-9));
        assertThat(model.run(List.of()).paddingShare()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|20|2.5|0|count is 0; ask for 1 to 8 pictures.",
                "9|20|2.5|0|count is 9; ask for 1 to 8 pictures.",
                "1|51|2.5|0|steps is 51; set it from 1 to 50.",
                "1|20|NaN|0|guidance is NaN; set it from 0 to 20.0.",
                "1|20|2.5|512|This model draws 4x4 px and not 512x512; leave the size out.",
            })
    void refusesParametersBeyondTheLimits(int count, int steps, double guidance, int size, String message) {
        refused(
                new GenerateItem(
                        "g",
                        "p",
                        count,
                        OptionalLong.empty(),
                        OptionalDouble.of(guidance),
                        OptionalInt.of(steps),
                        size,
                        size),
                message);
    }

    @Test
    void refusesItemsThatAskNothing() {
        refused(generate("g", "  ", OptionalLong.empty(), 1), "The prompt is empty; write one.");
        refused(new VqaItem("v", red(1), List.of()), "There is no question; ask at least one.");
        refused(
                new VqaItem("v", red(1), List.of(new QuestionItem("q", List.of("yes", "yes")))),
                "The choices of a question must be at least two, each different; leave them out for a free answer.");
        refused(
                new CaptionItem("c", new ImageTensor(new float[12], 2, 2, 2, 2), Optional.empty(), 0),
                "The picture was prepared as 2x2 px and this model takes 4x4; decode it for this model.");
        refused(
                caption("c", 1, "a".repeat(30)),
                "The hint takes 32 tokens and this model reads at most 16; shorten it.");
    }

    @Test
    void refusesWhatSaysNothingToAModel() {
        for (String nothing : List.of("\u200B\u2060", "\u00A0\u3000", "<|", "<|answer|>", "\u0007", "\u2800")) {
            refused(generate("g", nothing, OptionalLong.empty(), 1), "The prompt is empty; write one.");
            refused(asks(new QuestionItem(nothing, List.of())), "The question is empty; write one.");
            refused(
                    asks(new QuestionItem("q", List.of("yes", nothing))),
                    "A choice is empty; give each choice a text.");
        }
    }

    @Test
    void refusesChoicesThatAreTheSameToTheModel() {
        for (String same : List.of("yes ", "y\u200Bes", "\u00A0yes", "yes<|")) {
            refused(
                    asks(new QuestionItem("q", List.of("yes", same))),
                    "The choices \"yes\" and \"" + same + "\" are the same to this model; give each once.");
        }
    }

    @Test
    void namesTheQuestionThatIsWrongAmongSeveral() {
        QuestionItem fine = new QuestionItem("q", List.of());
        refused(
                asks(fine, fine, new QuestionItem("a".repeat(30), List.of())),
                "The question 3 of 3 takes 32 tokens and this model reads at most 16; shorten it.");
        refused(
                asks(fine, new QuestionItem("q", List.of("yes", "far too long"))),
                "The choice \"far too long\" of question 2 of 2 takes 13 tokens and this model answers with at most 8;"
                        + " shorten it.");
        refused(asks(fine, new QuestionItem("\u200B", List.of())), "The question 2 of 2 is empty; write one.");
    }

    private static VqaItem asks(QuestionItem... questions) {
        return new VqaItem("v", red(1), List.of(questions));
    }

    @Test
    void aClosedModelSaysSo() {
        LoadedModel closed =
                Models.load(ModelBundle.open(Fixtures.tinyBundle()), new ModelOptions(DeviceChoice.CPU, 2, 1, 1));
        closed.close();
        closed.close();

        assertThatThrownBy(() -> closed.run(List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The model is closed.");
    }

    @Test
    void aBatchIsSpreadOverTheCallersAndItsResultsKeepTheirOrder() {
        List<InferenceItem> items = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            items.add(caption("c" + i, i, i == 3 || i == 33 ? "é" : "k"));
        }

        BatchOutcome outcome = model.run(items);

        for (int i = 0; i < 40; i++) {
            if (i == 3 || i == 33) {
                assertThat(outcome.items().get(i)).isInstanceOf(ItemFailure.class);
            } else {
                assertThat(outcome.items().get(i)).isEqualTo(new CaptionResult("c" + i, "kk", 3.0 * i, 2));
            }
        }
        assertThat(outcome.encodedPictures()).isEqualTo(40);
        assertThat(outcome.callerMillis()).isGreaterThan(outcome.inferenceMillis());
    }

    @Test
    void manyThreadsRunAtOnceAndEachGetsItsOwn() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Future<BatchOutcome>> running = new ArrayList<>();
            for (int run = 0; run < 60; run++) {
                String hint = String.valueOf((char) ('a' + run % 26));
                List<InferenceItem> items = new ArrayList<>();
                for (int i = 0; i < 1 + run % 37; i++) {
                    items.add(caption(run + "-" + i, i, i == 5 ? "é" : hint));
                }
                running.add(threads.submit(() -> model.run(items)));
            }
            for (int run = 0; run < running.size(); run++) {
                String hint = String.valueOf((char) ('a' + run % 26)).repeat(2);
                List<ItemOutcome> outcomes = running.get(run).get().items();
                assertThat(outcomes).hasSize(1 + run % 37);
                for (int i = 0; i < outcomes.size(); i++) {
                    if (i == 5) {
                        assertThat(outcomes.get(i)).isInstanceOf(ItemFailure.class);
                    } else {
                        assertThat(outcomes.get(i)).isEqualTo(new CaptionResult(run + "-" + i, hint, 3.0 * i, 2));
                    }
                }
            }
        }
    }

    private static byte[] png(ItemOutcome outcome, int index) {
        return ((ImagesResult) outcome).images().get(index).png();
    }
}

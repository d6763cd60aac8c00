package io.unifluid.inference.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.ItemOutcome.AnswerResult;
import io.unifluid.inference.ItemOutcome.CaptionResult;
import io.unifluid.inference.ItemOutcome.VqaResult;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.TextLoop;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.ImageTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A decoder and its loop in one graph write what the loop over steps writes. */
final class CompiledLoopTest {
    static List<String> compiled() throws IOException {
        return Twin.names().stream()
                .filter(name -> Files.exists(Twin.folder(name).resolve("onnx/decoder_loop.onnx")))
                .toList();
    }

    private static Twin compiled(String name) {
        return new Twin(name, Twin.folder(name), TextLoop.COMPILED);
    }

    private static Twin steps(String name) {
        return new Twin(name, Twin.folder(name), TextLoop.STEPS);
    }

    /** By golden item, each prompt's only text. */
    private static List<Prompt> run(Twin twin, List<Twin.Golden> goldens) {
        Planner planner = twin.model.planner();
        List<Prompt> prompts = new ArrayList<>();
        for (Twin.Golden golden : goldens) {
            switch (planner.plan(golden.item())) {
                case Planner.Caption caption -> prompts.add(caption.prompt());
                case Planner.Answers answers ->
                    prompts.add(answers.questions().getFirst().prompt());
                case Planner.Plan other -> throw new AssertionError(other.toString());
            }
        }
        twin.model.compute(planner);
        return prompts;
    }

    @ParameterizedTest
    @MethodSource("compiled")
    void textsAreTheReferencesAndThoseOfTheStepsInOneBatch(String name) throws IOException {
        SoftAssertions all = new SoftAssertions();
        try (Twin compiled = compiled(name);
                Twin steps = steps(name)) {
            List<Twin.Golden> goldens = compiled.goldens();
            List<Prompt> ours = run(compiled, goldens);
            List<Prompt> theirs = run(steps, goldens);
            int texts = 0;
            for (int i = 0; i < ours.size(); i++) {
                Twin.Golden golden = goldens.get(i);
                Prompt prompt = ours.get(i);
                all.assertThat(prompt.failure).as(golden.name()).isNull();
                all.assertThat(compiled.model.writesAtOnce(prompt))
                        .as(golden.name())
                        .isEqualTo(prompt.answers.isEmpty());
                all.assertThat(steps.model.writesAtOnce(theirs.get(i))).isFalse();
                for (int text = 0; text < prompt.texts.size(); text++, texts++) {
                    Prompt.Text own = prompt.texts.get(text);
                    Prompt.Text other = theirs.get(i).texts.get(text);
                    all.assertThat(own.tokens)
                            .as(golden.name())
                            .isEqualTo(golden.ids("tokens"))
                            .isEqualTo(other.tokens);
                    all.assertThat(own.logProbability)
                            .as(golden.name())
                            .isCloseTo(other.logProbability, within(1e-4))
                            .isCloseTo(golden.json.path("log").asDouble(), within(1e-4 * own.tokens.length));
                }
                for (int answer = 0; answer < prompt.answers.size(); answer++) {
                    all.assertThat(prompt.answers.get(answer).logProbability)
                            .as(golden.name())
                            .isCloseTo(theirs.get(i).answers.get(answer).logProbability, within(1e-4));
                }
            }
            all.assertThat(texts).isGreaterThan(10);
        }
        all.assertAll();
    }

    @ParameterizedTest
    @MethodSource("compiled")
    void anItemAloneSaysWhatItSaysInCompany(String name) throws IOException {
        try (Twin twin = compiled(name)) {
            List<Twin.Golden> goldens = twin.goldens();
            List<Prompt> together = run(twin, goldens);
            for (int i = 0; i < goldens.size(); i++) {
                Prompt alone = run(twin, goldens.subList(i, i + 1)).getFirst();
                for (int text = 0; text < alone.texts.size(); text++) {
                    Prompt.Text among = together.get(i).texts.get(text);
                    assertThat(alone.texts.get(text).tokens).isEqualTo(among.tokens);
                    assertThat(alone.texts.get(text).logProbability).isCloseTo(among.logProbability, within(1e-4));
                }
            }
        }
    }

    private static ImageTensor grey(Twin twin) {
        int width = twin.model.imageSpec().width();
        int height = twin.model.imageSpec().height();
        float[] pixels = new float[3 * width * height];
        Arrays.fill(pixels, 0.1f);
        return new ImageTensor(pixels, width, height, width, height);
    }

    @ParameterizedTest
    @MethodSource("compiled")
    void oneCaptionAtSeveralLengthsIsReadOnceAndCutToEach(String name) {
        try (Twin compiled = compiled(name);
                Twin steps = steps(name)) {
            ImageTensor image = grey(compiled);
            List<InferenceItem> items = List.of(
                    new CaptionItem("one", image, Optional.empty(), 1),
                    new CaptionItem("five", image, Optional.empty(), 5),
                    new CaptionItem("many", image, Optional.of("sea"), 40));
            for (int i = 0; i < items.size(); i++) {
                CaptionResult ours =
                        (CaptionResult) compiled.model.run(items).items().get(i);
                CaptionResult theirs = (CaptionResult)
                        steps.model.run(List.of(items.get(i))).items().getFirst();
                assertThat(ours.text()).isEqualTo(theirs.text());
                assertThat(ours.tokenCount()).isEqualTo(theirs.tokenCount());
                assertThat(ours.logProbability()).isCloseTo(theirs.logProbability(), within(1e-4));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("compiled")
    void openQuestionsOnOnePictureBesideClosedOnesAreAnsweredAsByTheSteps(String name) {
        try (Twin compiled = compiled(name);
                Twin steps = steps(name)) {
            VqaItem item = new VqaItem(
                    "a",
                    grey(compiled),
                    List.of(
                            new QuestionItem("what is it?", List.of()),
                            new QuestionItem("how many people can you see on the left of the house?", List.of()),
                            new QuestionItem("what is it?", List.of("dog", "cat and bird")),
                            new QuestionItem("is it a dog?", List.of("yes", "no"))));
            List<AnswerResult> ours = answers(compiled, item);
            List<AnswerResult> theirs = answers(steps, item);
            for (int i = 0; i < ours.size(); i++) {
                assertThat(ours.get(i).answer()).isEqualTo(theirs.get(i).answer());
                assertThat(ours.get(i).logProbability()).isCloseTo(theirs.get(i).logProbability(), within(1e-4));
            }
        }
    }

    private static List<AnswerResult> answers(Twin twin, VqaItem item) {
        return ((VqaResult) twin.model.run(List.of(item)).items().getFirst()).answers();
    }

    /** What asks for more than the likeliest tokens goes by the steps. */
    @ParameterizedTest
    @MethodSource("compiled")
    void aBundleThatDrawsTokensOrForbidsSomeIsNotServedByIt(String name, @TempDir Path folder) throws IOException {
        Map<String, JsonNode> rules = Map.of(
                "temperature", DoubleNode.valueOf(0.7),
                "noRepeat", IntNode.valueOf(3),
                "first", IntNode.valueOf(5),
                "last", IntNode.valueOf(5));
        for (Map.Entry<String, JsonNode> rule : rules.entrySet()) {
            changed(name, folder, json -> json.withObject("/decoding").set(rule.getKey(), rule.getValue()));
            try (Twin twin = new Twin(name, folder, TextLoop.COMPILED)) {
                Planner planner = twin.model.planner();
                planner.plan(new CaptionItem("a", grey(twin), Optional.empty(), 5));
                assertThat(twin.model.writesAtOnce(planner.prompts().getFirst()))
                        .as(rule.getKey())
                        .isFalse();
                twin.model.compute(planner);
                assertThat(planner.prompts().getFirst().texts.getFirst().tokens).isNotEmpty();
            }
        }
    }

    /** A bundle's own words end texts, not those at the time it was compiled. */
    @ParameterizedTest
    @MethodSource("compiled")
    void endMarksAreThoseOfTheBundle(String name, @TempDir Path folder) throws IOException {
        endsWith(name, folder, 3);
        long[] whole = written(name, folder);
        assertThat(whole).hasSize(20).doesNotContain(3);
        endsWith(name, folder, whole[10]);
        long[] cut = written(name, folder);
        assertThat(cut).endsWith(whole[10]).hasSizeLessThan(12);
        assertThat(whole).startsWith(cut);
    }

    private static void endsWith(String name, Path folder, long end) throws IOException {
        changed(
                name,
                folder,
                json -> json.withObject("/specialTokens").putArray("eos").add(end));
    }

    private static long[] written(String name, Path folder) {
        try (Twin twin = new Twin(name, folder, TextLoop.COMPILED)) {
            Planner planner = twin.model.planner();
            planner.plan(new CaptionItem("a", grey(twin), Optional.empty(), 20));
            twin.model.compute(planner);
            return planner.prompts().getFirst().texts.getFirst().tokens;
        }
    }

    @Test
    void theLoopOfAnotherDecoderIsRefusedWhereItWouldRun(@TempDir Path folder) throws IOException {
        changed(
                "paligemma",
                folder,
                json -> json.withObject("/graphs").put("decoder_loop", "onnx/vision_encoder.onnx"));
        ModelOptions cpu = new ModelOptions(DeviceChoice.CPU, 1, 1, 1);
        Models.open(folder.toString(), cpu).close();
        Models.open(folder.toString(), cpu.with(TextLoop.STEPS)).close();
        assertThatThrownBy(() -> Models.open(folder.toString(), cpu.with(TextLoop.COMPILED)))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining(
                        "the graph decoder_loop is not the loop of decoder_model_merged; compile the model" + " again");
    }

    private static void changed(String name, Path folder, Consumer<ObjectNode> change) throws IOException {
        PublicModelsTest.copy(Twin.folder(name), folder, change);
    }
}

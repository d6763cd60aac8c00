package io.unifluid.inference.unifluid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import io.unifluid.inference.ItemOutcome.VqaResult;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Precision;
import io.unifluid.inference.Task;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import io.unifluid.inference.support.Bisection;
import io.unifluid.inference.support.PngPixels;
import io.unifluid.inference.support.Prompts;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shipped bundle in ONNX Runtime for Java against what PyTorch computed (golden.json), and against itself. */
class ReferenceModelTest {
    private static final ModelOptions CPU = new ModelOptions(DeviceChoice.CPU, 2, 1, 1).with(Precision.FP32);

    private static Path golden;
    private static JsonNode cases;
    private static ModelBundle bundle;
    private static UniFluidSettings settings;
    private static Prompts prompts;
    private static OrtModel ort;
    private static UniFluidGraphs graphs;
    private static OrtModel parts;
    /** The same in parts, and with a picture's questions in one row, as a CPU runs it. */
    private static UniFluidGraphs inSteps;

    private static LoadedModel model;
    /** As a worker opens it on a CPU: with 8-bit products. */
    private static LoadedModel int8;

    private static ImageDecoder decoder;

    @BeforeAll
    static void load() throws IOException {
        Optional<Path> reference = Fixtures.referenceModel();
        assertThat(reference)
                .as("bundle and golden files in gpu-worker/reference-model, which are part of a checkout")
                .isPresent();
        golden = reference.get().resolve("golden");
        cases = new ObjectMapper().readTree(golden.resolve("golden.json").toFile());
        bundle = ModelBundle.open(reference.get().resolve("bundle"));
        settings = UniFluidSettings.read(bundle.manifest());
        prompts = Prompts.open(bundle.file("tokenizer.json"), 64, settings.pad(), settings.eos());
        ort = OrtModel.open(
                _ -> Map.of(
                        UniFluidGraphs.ENCODE, bundle.graph("encode"),
                        UniFluidGraphs.UNDERSTAND, bundle.graph("understand"),
                        UniFluidGraphs.SCORE, bundle.graph("score"),
                        UniFluidGraphs.GENERATE, bundle.graph("generate"),
                        UniFluidGraphs.EDIT, bundle.graph("edit")),
                CPU);
        graphs = new UniFluidGraphs(ort.caller(), settings);
        parts = OrtModel.open(
                _ -> Map.of(
                        UniFluidGraphs.ENCODE, bundle.graph("encode"),
                        UniFluidGraphs.BEGIN, bundle.graph("begin"),
                        UniFluidGraphs.STEP, bundle.graph("step"),
                        UniFluidGraphs.KEEP, bundle.graph("keep"),
                        UniFluidGraphs.CHOICES, bundle.graph("choices")),
                CPU);
        inSteps = new UniFluidGraphs(parts.caller(), settings);
        model = Models.load(bundle, CPU);
        int8 = Models.load(bundle, CPU.with(Precision.AUTO));
        decoder = new ImageDecoder(settings.image(), DecodeLimits.defaults());
    }

    @AfterAll
    static void close() {
        if (model != null) {
            model.close();
            int8.close();
            ort.close();
            parts.close();
            prompts.close();
            decoder.close();
        }
    }

    private static ImageTensor image(JsonNode file) throws Exception {
        return decoder.decode(Files.readAllBytes(golden.resolve(file.asText())));
    }

    private static float[] floats(JsonNode file) throws IOException {
        FloatBuffer buffer = ByteBuffer.wrap(Files.readAllBytes(golden.resolve(file.asText())))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static long[] longs(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .toArray();
    }

    private static Padding padding() {
        return Padding.on(ort.device(), settings);
    }

    @Test
    void writesTheSameTokensAsPyTorch() throws Exception {
        Map<String, String> templates = Map.of(
                "caption",
                settings.templates().caption(),
                "vqa",
                settings.templates().vqa());
        List<Row.Write> rows = new ArrayList<>();
        Map<ImageTensor, Tensor.Floats> features = new HashMap<>();
        for (JsonNode one : cases.get("understand")) {
            ImageTensor image = image(one.get("image"));
            features.put(image, graphs.encode(List.of(image)).getFirst());
            long[] prompt = prompts.encode(
                    templates.get(one.get("template").asText()), one.get("text").asText(), "text");
            rows.add(new Row.Write(Task.CAPTION, image, prompt, settings.defaultMaxTokens()));
        }
        assertThat(rows).hasSizeGreaterThanOrEqualTo(200);

        for (UniFluidGraphs written : List.of(graphs, inSteps)) {
            Bisection.run(rows, 16, part -> written.write(part, features, padding()), (row, failure) -> {
                throw failure;
            });
            assertSameTokens(rows);
        }
    }

    private static void assertSameTokens(List<Row.Write> rows) {
        for (int i = 0; i < rows.size(); i++) {
            JsonNode one = cases.get("understand").get(i);
            long[] tokens = rows.get(i).tokens;
            long[] expected = longs(one.get("tokens"));
            assertThat(Arrays.copyOf(tokens, prompts.textLength(tokens)))
                    .as("case %d, %s", i, one)
                    .isEqualTo(Arrays.copyOf(expected, prompts.textLength(expected)));
            assertThat(prompts.decode(tokens)).isEqualTo(one.get("answer").asText());
        }
    }

    /** Rows that end early are left out, which changes nothing for the others. */
    @Test
    void whatIsWrittenInStepsIsWhatIsWrittenAtOnce() throws Exception {
        List<Row.Write> stepped = rows();
        List<Row.Write> atOnce = rows();
        Map<ImageTensor, Tensor.Floats> features = new HashMap<>();
        for (Row.Write row : stepped) {
            features.put(row.image, graphs.encode(List.of(row.image)).getFirst());
        }
        inSteps.write(stepped, features, padding());
        graphs.write(atOnce, features, padding());

        Set<Integer> lengths = new HashSet<>();
        for (int i = 0; i < stepped.size(); i++) {
            assertThat(prompts.decode(stepped.get(i).tokens)).isEqualTo(prompts.decode(atOnce.get(i).tokens));
            assertThat(stepped.get(i).tokens).isEqualTo(atOnce.get(i).tokens);
            assertThat(stepped.get(i).tokens.length).isLessThanOrEqualTo(stepped.get(i).maxNew);
            assertThat(stepped.get(i).logProbability).isCloseTo(atOnce.get(i).logProbability, within(1e-3));
            lengths.add(stepped.get(i).tokens.length);
        }
        assertThat(lengths).hasSizeGreaterThan(4);

        Row.Write again = stepped.getFirst();
        long[] first = again.tokens;
        inSteps.write(List.of(again), features, padding());
        assertThat(again.tokens).isEqualTo(first);
    }

    private static List<Row.Write> rows() throws Exception {
        List<Row.Write> rows = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            JsonNode item = cases.get("understand").get(i);
            ImageTensor image = image(item.get("image"));
            for (int maxNew : new int[] {1, 3, 24}) {
                long[] prompt = prompts.encode(settings.templates().caption(), "", "hint");
                rows.add(new Row.Write(Task.CAPTION, image, prompt, maxNew));
            }
            rows.add(new Row.Write(
                    Task.VQA, image, prompts.encode(settings.templates().vqa(), "is there a dog?", "question"), 8));
        }
        return rows;
    }

    @Test
    void scoresChoicesAsPyTorchDoes() throws Exception {
        for (JsonNode one : cases.get("score")) {
            ImageTensor image = image(one.get("image"));
            List<Row.Score> rows = new ArrayList<>();
            for (JsonNode choice : one.get("choices")) {
                rows.add(new Row.Score(
                        image,
                        prompts.encode(
                                settings.templates().vqa(), one.get("question").asText(), "question"),
                        prompts.encodeAnswer(choice.asText(), 32, "")));
            }
            graphs.score(rows, Map.of(image, graphs.encode(List.of(image)).getFirst()), padding());

            for (int i = 0; i < rows.size(); i++) {
                assertThat(rows.get(i).logProbability)
                        .as("choice %d of %s", i, one)
                        .isCloseTo(one.get("logprob").get(i).asDouble(), within(1e-3));
            }
        }
    }

    /** Many pictures, questions and choices in few rows, of which none changes another's score. */
    @Test
    void questionsInOneRowAreScoredAsPyTorchScoresEachChoiceAlone() throws Exception {
        List<Row.Score> rows = new ArrayList<>();
        List<Double> expected = new ArrayList<>();
        Map<ImageTensor, Tensor.Floats> features = new HashMap<>();
        for (JsonNode one : cases.get("score")) {
            ImageTensor image = image(one.get("image"));
            features.computeIfAbsent(
                    image, fresh -> graphs.encode(List.of(fresh)).getFirst());
            long[] prompt = prompts.encode(
                    settings.templates().vqa(), one.get("question").asText(), "question");
            for (int i = 0; i < one.get("choices").size(); i++) {
                rows.add(new Row.Score(
                        image,
                        prompt,
                        prompts.encodeAnswer(one.get("choices").get(i).asText(), 32, "")));
                expected.add(one.get("logprob").get(i).asDouble());
            }
        }
        List<Pack> packs = Pack.of(rows);
        assertThat(packs.size()).isLessThan(rows.size() / 2);

        Bisection.run(packs, 16, part -> inSteps.scorePacked(part, features, padding()), (pack, failure) -> {
            throw failure;
        });
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i).logProbability).as("choice %d", i).isCloseTo(expected.get(i), within(1e-3));
        }
    }

    /** More questions than a row takes, some with choices that begin alike, and one twice. */
    @Test
    void aPictureWithManyQuestionsIsScoredAsIfEachWereAlone() throws Exception {
        ImageTensor image = image(cases.get("score").get(0).get("image"));
        Map<ImageTensor, Tensor.Floats> features =
                Map.of(image, graphs.encode(List.of(image)).getFirst());
        List<Row.Score> packed = new ArrayList<>();
        List<Row.Score> alone = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String question =
                    i % 13 == 0 ? "what is in the image?" : "is there " + "a very ".repeat(i % 5) + "big dog?";
            for (String choice : List.of("yes", "no", "a dog", "a dog to the left of a cat", "a dog on a " + i)) {
                long[] prompt = prompts.encode(settings.templates().vqa(), question, "question");
                long[] answer = prompts.encodeAnswer(choice, 32, "");
                packed.add(new Row.Score(image, prompt, answer));
                alone.add(new Row.Score(image, prompt, answer));
            }
        }
        List<Pack> packs = Pack.of(packed);
        assertThat(packs).hasSizeGreaterThan(1);
        assertThat(packs).allMatch(pack -> pack.width() <= Pack.MOST_TOKENS);
        inSteps.scorePacked(packs, features, padding());
        graphs.score(alone, features, padding());

        for (int i = 0; i < packed.size(); i++) {
            assertThat(packed.get(i).logProbability)
                    .as("row %d", i)
                    .isCloseTo(alone.get(i).logProbability, within(1e-3));
        }
    }

    @Test
    void caseIsNothingToTheShippedModel() throws Exception {
        ImageTensor image = image(cases.get("score").get(0).get("image"));
        assertThat(model.run(List.of(new VqaItem(
                                "v", image, List.of(new QuestionItem("is there a dog?", List.of("Yes", "yes "))))))
                        .items())
                .containsExactly(new ItemOutcome.ItemFailure(
                        "v",
                        FailureCause.BAD_INPUT,
                        "The choices \"Yes\" and \"yes \" are the same to this model; give each once."));
    }

    @Test
    void drawsWhatPyTorchDraws() throws Exception {
        for (String graph : List.of("generate", "edit")) {
            boolean edit = graph.equals("edit");
            for (JsonNode one : cases.get(graph)) {
                long[] prompt = prompts.encode(
                        edit
                                ? settings.templates().edit()
                                : settings.templates().generate(),
                        one.get(edit ? "instruction" : "prompt").asText(),
                        "prompt");
                assertThat(prompt).as("%s", one).isEqualTo(longs(one.get("promptIds")));
                Row.Draw row = new Row.Draw(
                        edit ? image(one.get("source")) : null,
                        prompt,
                        0,
                        (float) one.get("guidance").asDouble(),
                        one.get("steps").asInt());
                graphs.draw(
                        List.of(row),
                        new Tensor.Longs(longs(one.get("order")), 1, settings.imageTokens()),
                        new Tensor.Floats(floats(one.get("noise")), 1, settings.imageTokens(), settings.tokenDim()),
                        new Tensor.Floats(new float[] {row.guidance}, 1),
                        padding());

                assertThat(row.pixels).containsExactly(floats(one.get("pixels")), within(1e-3f));
            }
        }
    }

    @Test
    void eightBitsWriteAndScoreNearlyAsFloatsDo() throws Exception {
        List<InferenceItem> items = new ArrayList<>();
        for (JsonNode one : cases.get("understand")) {
            String id = Integer.toString(items.size());
            ImageTensor image = image(one.get("image"));
            items.add(
                    one.get("template").asText().equals("caption")
                            ? new CaptionItem(id, image, Optional.empty(), 0)
                            : new VqaItem(
                                    id,
                                    image,
                                    List.of(new QuestionItem(one.get("text").asText(), List.of()))));
        }
        for (JsonNode one : cases.get("score")) {
            List<String> choices = new ArrayList<>();
            one.get("choices").forEach(choice -> choices.add(choice.asText()));
            items.add(new VqaItem(
                    Integer.toString(items.size()),
                    image(one.get("image")),
                    List.of(new QuestionItem(one.get("question").asText(), choices))));
        }

        List<ItemOutcome> floats = model.run(items).items();
        List<ItemOutcome> bytes = int8.run(items).items();

        int alike = 0;
        List<Double> apart = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            alike += texts(floats.get(i)).equals(texts(bytes.get(i))) ? 1 : 0;
            if (floats.get(i) instanceof VqaResult one && bytes.get(i) instanceof VqaResult other) {
                List<ItemOutcome.ChoiceScore> scores = one.answers().getFirst().choices();
                for (int j = 0; j < scores.size(); j++) {
                    apart.add(Math.abs(scores.get(j).score()
                            - other.answers().getFirst().choices().get(j).score()));
                }
            }
        }
        assertThat(alike).isGreaterThanOrEqualTo((int) (0.99 * items.size()));
        double mean = apart.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        assertThat(mean).as("apart at the mean, but not nowhere").isPositive().isLessThan(0.01);
    }

    private static List<String> texts(ItemOutcome outcome) {
        return switch (outcome) {
            case CaptionResult caption -> List.of(caption.text());
            case VqaResult vqa ->
                vqa.answers().stream().map(ItemOutcome.AnswerResult::answer).toList();
            default -> throw new AssertionError(outcome.toString());
        };
    }

    @Test
    void resultsDoNotDependOnWhoSharesTheBatch() throws Exception {
        resultsDoNotDependOnWhoSharesTheBatch(model, 1e-3);
    }

    /** In 8 bits a sum that is rounded otherwise in its last place may fall on the other side of a step. */
    @Test
    void eightBitResultsDoNotDependOnWhoSharesTheBatch() throws Exception {
        resultsDoNotDependOnWhoSharesTheBatch(int8, 2e-2);
    }

    private static void resultsDoNotDependOnWhoSharesTheBatch(LoadedModel model, double apart) throws Exception {
        List<InferenceItem> items = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ImageTensor image = image(cases.get("understand").get(i).get("image"));
            items.add(new CaptionItem("c" + i, image, Optional.empty(), 0));
            items.add(new VqaItem(
                    "v" + i,
                    image,
                    List.of(
                            new QuestionItem("is there a dog?", List.of("yes", "no")),
                            new QuestionItem("what is the background colour of this picture, please?", List.of()))));
            items.add(generate("g" + i, "a cat on a red background" + " and a dog".repeat(i)));
            items.add(new EditItem(
                    "e" + i,
                    image,
                    "make the background " + (i % 2 == 0 ? "red" : "blue, as blue as can be"),
                    OptionalLong.of(i),
                    OptionalDouble.empty(),
                    OptionalInt.of(5)));
        }

        List<ItemOutcome> together = model.run(items).items();

        for (int i = 0; i < items.size(); i++) {
            assertSame(together.get(i), model.run(List.of(items.get(i))).items().getFirst(), apart);
        }
    }

    @Test
    void aBadItemFailsAloneAmongGoodOnes() throws Exception {
        ImageTensor image = image(cases.get("understand").get(0).get("image"));
        float[] broken = image.values().clone();
        broken[100] = Float.NaN;
        ImageTensor notNumbers = new ImageTensor(broken, image.width(), image.height(), 64, 64);

        List<ItemOutcome> outcomes = model.run(List.of(
                        new CaptionItem("good", image, Optional.empty(), 0),
                        new CaptionItem("nan", notNumbers, Optional.empty(), 0),
                        new CaptionItem("long", image, Optional.of("word ".repeat(100)), 0),
                        generate("drawn", "a cat")))
                .items();

        assertThat(outcomes.get(0)).isInstanceOf(CaptionResult.class);
        assertThat(outcomes.get(1)).isInstanceOf(ItemOutcome.ItemFailure.class);
        assertThat(outcomes.get(2)).isInstanceOf(ItemOutcome.ItemFailure.class);
        assertThat(outcomes.get(3)).isInstanceOf(ImagesResult.class);
    }

    private static GenerateItem generate(String id, String prompt) {
        return new GenerateItem(id, prompt, 1, OptionalLong.empty(), OptionalDouble.empty(), OptionalInt.of(5), 0, 0);
    }

    private static void assertSame(ItemOutcome together, ItemOutcome alone, double apart) {
        switch (together) {
            case CaptionResult caption -> {
                assertThat(caption.text()).isEqualTo(((CaptionResult) alone).text());
                assertThat(caption.logProbability()).isCloseTo(((CaptionResult) alone).logProbability(), within(apart));
            }
            case VqaResult answers ->
                assertThat(answers.answers().stream()
                                .map(ItemOutcome.AnswerResult::answer)
                                .toList())
                        .isEqualTo(((VqaResult) alone)
                                .answers().stream()
                                        .map(ItemOutcome.AnswerResult::answer)
                                        .toList());
            case ImagesResult images -> {
                BufferedImage one = PngPixels.of(images.images().getFirst().png());
                BufferedImage two =
                        PngPixels.of(((ImagesResult) alone).images().getFirst().png());
                for (int i = 0; i < one.getWidth() * one.getHeight() * 3; i++) {
                    int pixel = i / 3;
                    int x = pixel % one.getWidth();
                    int y = pixel / one.getWidth();
                    int shift = 8 * (i % 3);
                    assertThat(one.getRGB(x, y) >> shift & 255).isCloseTo(two.getRGB(x, y) >> shift & 255, within(1));
                }
            }
            case ItemOutcome.ItemFailure failure -> throw new AssertionError(failure.toString());
        }
    }
}

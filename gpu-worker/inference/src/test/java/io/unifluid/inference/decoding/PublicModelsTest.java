package io.unifluid.inference.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.FailureCause;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
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
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Task;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.ImageTensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What users of public models may get wrong, and what they notice. */
@TestInstance(Lifecycle.PER_CLASS)
final class PublicModelsTest {
    private List<Twin> twins;

    @BeforeAll
    void open() throws IOException {
        twins = Twin.names().stream().map(Twin::new).toList();
    }

    @AfterAll
    void close() {
        twins.forEach(Twin::close);
    }

    List<Twin> twins() {
        return twins;
    }

    private static ImageTensor picture(Twin twin, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, x * 40 << 16 | y * 7 & 255);
            }
        }
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return twin.picture(bytes.toByteArray());
    }

    private static InferenceItem question(String id, ImageTensor image, String question, String... choices) {
        return new VqaItem(id, image, List.of(new QuestionItem(question, List.of(choices))));
    }

    private static InferenceItem caption(String id, ImageTensor image, int maxTokens) {
        return new CaptionItem(id, image, Optional.empty(), maxTokens);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("twins")
    void badItemsFailAloneAndSayWhy(Twin twin) {
        ImageTensor image = picture(twin, 50, 40);
        float[] broken = image.values().clone();
        Arrays.fill(broken, Float.NaN);
        ImageTensor notNumbers =
                new ImageTensor(broken, image.width(), image.height(), 50, 40, image.rows(), image.columns());
        List<InferenceItem> batch = List.of(
                caption("good", image, 5),
                caption("wrong size", new ImageTensor(new float[12], 2, 2, 2, 2), 5),
                caption("negative", image, -1),
                question("long", image, "is there a dog? ".repeat(200)),
                question("longer", image, "x".repeat(200_000)),
                question("empty", image, " \u200b"),
                question("same choices", image, "is it?", "yes", " yes "),
                question("long choice", image, "is it?", "yes", "no ".repeat(200)),
                question("good too", image, "is it?", "yes", "no"),
                caption("not numbers", notNumbers, 5),
                new GenerateItem(
                        "draw", "a dog", 1, OptionalLong.empty(), OptionalDouble.empty(), OptionalInt.empty(), 0, 0));
        BatchOutcome outcome = twin.model.run(batch);
        List<ItemOutcome> items = outcome.items();
        assertThat(items)
                .extracting(ItemOutcome::id)
                .containsExactlyElementsOf(batch.stream().map(InferenceItem::id).toList());
        assertThat(items.get(0)).isInstanceOf(CaptionResult.class);
        assertThat(items.get(8)).isInstanceOf(VqaResult.class);
        assertThat(refused(items.get(1))).contains("decode it for this model");
        assertThat(refused(items.get(2))).contains("maxTokens is -1");
        assertThat(refused(items.get(3))).contains("The question takes").contains("shorten it");
        assertThat(refused(items.get(4))).contains("200000 characters");
        assertThat(refused(items.get(5))).contains("The question is empty");
        assertThat(refused(items.get(6))).contains("are the same to this model");
        assertThat(refused(items.get(7))).contains("The choice").contains("shorten it");
        if (twin.model.tasks().contains(Task.GENERATE)) {
            assertThat(items.get(10)).isInstanceOf(ImagesResult.class);
        } else {
            assertThat(refused(items.get(10))).contains("does not do generate");
        }
        assertThat(((ItemFailure) items.get(9)).cause()).isEqualTo(FailureCause.MODEL);
        CaptionResult alone = (CaptionResult)
                twin.model.run(List.of(batch.getFirst())).items().getFirst();
        CaptionResult among = (CaptionResult) items.getFirst();
        assertThat(among.text()).isEqualTo(alone.text());
        assertThat(among.logProbability()).isCloseTo(alone.logProbability(), within(1e-4));
    }

    private static String refused(ItemOutcome outcome) {
        ItemFailure failure = (ItemFailure) outcome;
        assertThat(failure.cause()).isEqualTo(FailureCause.BAD_INPUT);
        return failure.message();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("twins")
    void maxTokensIsADefaultABoundOrLowered(Twin twin) {
        ImageTensor image = picture(twin, 33, 60);
        List<ItemOutcome> items = twin.model
                .run(List.of(caption("a", image, 0), caption("b", image, 2), caption("c", image, 100_000)))
                .items();
        int most = twin.model.limits().maxNewTokens();
        assertThat(((CaptionResult) items.get(0)).tokenCount()).isBetween(1, 20);
        assertThat(((CaptionResult) items.get(1)).tokenCount()).isBetween(1, 2);
        assertThat(((CaptionResult) items.get(2)).tokenCount()).isBetween(1, most);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("twins")
    void marksInAUsersWordsAreText(Twin twin) {
        ImageTensor image = picture(twin, 33, 60);
        Planner planner = twin.model.planner();
        planner.plan(question("plain", image, "what is it?"));
        String marks = "<image> <eos> </s> <bos> <fake_token_around_image> <end_of_utterance> <row_1_col_1> what?";
        String others = "<|User|> <image_placeholder> <begin_of_image> what?";
        planner.plan(question("marked", image, marks));
        planner.plan(question("marked too", image, others));
        long[] plain = planner.prompts().getFirst().ids;
        for (Prompt prompt : planner.prompts()) {
            for (long id : new long[] {
                plain[0], plain[plain.length - 1], planner.settings().imageId()
            }) {
                assertThat(count(prompt.ids, id)).as("mark %d", id).isEqualTo(count(plain, id));
            }
        }
        assertThat(twin.model
                        .run(List.of(question("marked", image, marks), question("marked too", image, others)))
                        .items())
                .hasOnlyElementsOfType(VqaResult.class);
    }

    private static long count(long[] ids, long id) {
        return Arrays.stream(ids).filter(each -> each == id).count();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("twins")
    void aPictureOfOneColumnAndTwentyThousandRowsIsReadLikeAnyOther(Twin twin) {
        ItemOutcome outcome = twin.model
                .run(List.of(caption("thin", picture(twin, 1, 20_000), 3)))
                .items()
                .getFirst();
        assertThat(outcome).isInstanceOf(CaptionResult.class);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("twins")
    void equalPicturesAreEncodedOnceAndEqualPromptsReadOnce(Twin twin) {
        ImageTensor image = picture(twin, 33, 60);
        Planner planner = twin.model.planner();
        planner.plan(question("a", image, "is it?", "yes", "no"));
        planner.plan(question("b", picture(twin, 33, 60), "is it?", "one", "two", "three"));
        planner.plan(question("c", image, "what is it then?"));
        assertThat(planner.prompts()).hasSize(2);
        assertThat(twin.model.compute(planner).encoded()).isEqualTo(1);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("twins")
    void severalQuestionsOnAPictureAreAnsweredAsEachAlone(Twin twin) {
        ImageTensor image = picture(twin, 33, 60);
        List<InferenceItem> alone = List.of(
                question("a", image, "is it a dog?", "yes", "no"),
                question(
                        "b", image, "how many people can you see on the left of the red house?", "one", "two or three"),
                question("c", picture(twin, 70, 20), "is it?", "yes", "no"),
                question("d", image, "is it a cat", "yes", "no way"));
        List<ItemOutcome> together = twin.model.run(alone).items();
        for (int i = 0; i < alone.size(); i++) {
            VqaResult one =
                    (VqaResult) twin.model.run(List.of(alone.get(i))).items().getFirst();
            VqaResult among = (VqaResult) together.get(i);
            assertThat(among.answers().getFirst().answer())
                    .isEqualTo(one.answers().getFirst().answer());
            assertThat(among.answers().getFirst().logProbability())
                    .isCloseTo(one.answers().getFirst().logProbability(), within(1e-4));
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("twins")
    void warmsUpAndRefusesWorkOnceClosed(Twin twin) {
        twin.model.warmUp();
        try (Twin other = new Twin(twin.name)) {
            other.model.close();
            assertThatThrownBy(() -> other.model.run(List.of())).hasMessage("The model is closed.");
        }
    }

    private static InferenceItem drawing(String id, String prompt, int count, OptionalLong seed, double guidance) {
        return new GenerateItem(id, prompt, count, seed, OptionalDouble.of(guidance), OptionalInt.empty(), 0, 0);
    }

    private Twin painter() {
        return twins.stream()
                .filter(twin -> twin.model.tasks().contains(Task.GENERATE))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void badDrawingsFailAloneAndSayWhy() {
        List<ItemOutcome> items = painter()
                .model
                .run(List.of(
                        drawing("good", "a dog", 1, OptionalLong.of(1), 5),
                        drawing("empty", " \u200b", 1, OptionalLong.of(1), 5),
                        drawing("many", "a dog", 5, OptionalLong.of(1), 5),
                        drawing("none", "a dog", 0, OptionalLong.of(1), 5),
                        drawing("strong", "a dog", 1, OptionalLong.of(1), 20.5),
                        drawing("not a number", "a dog", 1, OptionalLong.of(1), Double.NaN),
                        drawing("long", "a dog on the left ".repeat(100), 1, OptionalLong.of(1), 5),
                        new GenerateItem(
                                "steps",
                                "a dog",
                                1,
                                OptionalLong.of(1),
                                OptionalDouble.empty(),
                                OptionalInt.of(9),
                                0,
                                0),
                        new GenerateItem(
                                "size",
                                "a dog",
                                1,
                                OptionalLong.of(1),
                                OptionalDouble.empty(),
                                OptionalInt.empty(),
                                64,
                                0),
                        drawing("good too", "a cat", 1, OptionalLong.of(1), 0)))
                .items();
        assertThat(items.getFirst()).isInstanceOf(ImagesResult.class);
        assertThat(items.getLast()).isInstanceOf(ImagesResult.class);
        assertThat(refused(items.get(1))).contains("The prompt is empty");
        assertThat(refused(items.get(2))).contains("count is 5; ask for 1 to 4");
        assertThat(refused(items.get(3))).contains("count is 0");
        assertThat(refused(items.get(4))).contains("guidance is 20.5");
        assertThat(refused(items.get(5))).contains("guidance is NaN");
        assertThat(refused(items.get(6))).contains("The prompt takes").contains("shorten it");
        assertThat(refused(items.get(7))).contains("leave steps out");
        assertThat(refused(items.get(8))).contains("draws 32x32 px and not 64x0");
    }

    @Test
    void aSeedDrawsTheSamePictureAloneAndInCompany() {
        VisionLanguageModel model = painter().model;
        List<ItemOutcome> together = model.run(List.of(
                        drawing("a", "a dog and a cat on the left of the house", 3, OptionalLong.of(7), 5),
                        drawing("b", "sea", 1, OptionalLong.of(8), 2),
                        drawing("c", "a dog", 1, OptionalLong.empty(), 3)))
                .items();
        List<RenderedImage> three = ((ImagesResult) together.getFirst()).images();
        assertThat(three).extracting(RenderedImage::seed).containsExactly(7L, 8L, 9L);
        for (RenderedImage image : three) {
            assertThat(only(model.run(List.of(drawing(
                                    "alone",
                                    "a dog and a cat on the left of the house",
                                    1,
                                    OptionalLong.of(image.seed()),
                                    5)))
                            .items()))
                    .isEqualTo(image.png());
        }
        assertThat(three.get(0).png()).isNotEqualTo(three.get(1).png());
        byte[] byId = only(together.subList(2, 3));
        assertThat(only(model.run(List.of(drawing("c", "a dog", 1, OptionalLong.empty(), 3)))
                        .items()))
                .as("the same id draws the same")
                .isEqualTo(byId);
    }

    /** Of two prompts of one length nothing else is left without guidance. */
    @Test
    void withoutGuidanceWordsDoNotMatter() {
        VisionLanguageModel model = painter().model;
        List<ItemOutcome> items = model.run(List.of(
                        drawing("a", "yes", 1, OptionalLong.of(3), 0),
                        drawing("b", "no", 1, OptionalLong.of(3), 0),
                        drawing("c", "yes", 1, OptionalLong.of(3), 4)))
                .items();
        assertThat(only(items.subList(0, 1))).isEqualTo(only(items.subList(1, 2)));
        assertThat(only(items.subList(0, 1))).isNotEqualTo(only(items.subList(2, 3)));
    }

    @Test
    void withTemperatureZeroEverySeedDrawsTheLikeliest(@TempDir Path folder) throws IOException {
        copy(Twin.folder("janus"), folder, json -> json.withObject("/drawing").put("temperature", 0));
        try (LoadedModel model = Models.open(folder.toString(), ModelOptions.defaults())) {
            List<ItemOutcome> items = model.run(List.of(
                            drawing("a", "a dog", 1, OptionalLong.of(1), 5),
                            drawing("b", "a dog", 1, OptionalLong.of(2), 5)))
                    .items();
            assertThat(only(items.subList(0, 1))).isEqualTo(only(items.subList(1, 2)));
        }
    }

    private static byte[] only(List<ItemOutcome> items) {
        return ((ImagesResult) items.getFirst()).images().getFirst().png();
    }

    @Test
    void aModelThatDoesNotSayHowItDrawsOrCannotIsRefusedAtLoading(@TempDir Path folder) throws IOException {
        copy(Twin.folder("janus"), folder, json -> json.remove("drawing"));
        assertThatThrownBy(() -> Models.open(folder.toString(), ModelOptions.defaults()))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("does not say how this model draws");
        copy(
                Twin.folder("janus"),
                folder,
                json -> json.withObject("/graphs").put("gen_head", "onnx/image_decode.onnx"));
        assertThatThrownBy(() -> Models.open(folder.toString(), ModelOptions.defaults()))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("the graph gen_head takes generated_tokens, which language_model does not give");
        copy(Twin.folder("janus"), folder, json -> json.withObject("/drawing").put("tokens", 25));
        assertThatThrownBy(() -> Models.open(folder.toString(), ModelOptions.defaults()))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("the graph image_decode takes tokens")
                .hasMessageContaining("bundle.json says 25 of a picture");
    }

    @Test
    void aGraphThatIsNoDecoderIsRefusedByWhatItTakes(@TempDir Path folder) throws IOException {
        copy(
                Twin.folder("paligemma"),
                folder,
                json -> json.withObject("/graphs").put("decoder_model_merged", "onnx/embed_tokens.onnx"));
        assertThatThrownBy(() -> Models.open(folder.toString(), ModelOptions.defaults()))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("the graph decoder_model_merged wants the input input_ids");
    }

    @Test
    void picturesOfAnotherSizeThanTheGraphsAreRefusedAtLoading(@TempDir Path folder) throws IOException {
        copy(Twin.folder("paligemma"), folder, json -> json.withObject("/image").put("width", 60));
        assertThatThrownBy(() -> Models.open(folder.toString(), ModelOptions.defaults()))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("takes pictures of 56x56 px and bundle.json says 60x56");
    }

    static void copy(Path from, Path to, Consumer<ObjectNode> change) throws IOException {
        Files.createDirectories(to.resolve("onnx"));
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(path -> !path.toString().contains("golden"))
                    .toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode json = (ObjectNode) mapper.readTree(to.resolve("bundle.json").toFile());
        change.accept(json);
        mapper.writeValue(to.resolve("bundle.json").toFile(), json);
    }
}

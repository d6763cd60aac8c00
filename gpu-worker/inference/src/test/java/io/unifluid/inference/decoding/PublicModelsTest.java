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
import io.unifluid.inference.ItemOutcome.ItemFailure;
import io.unifluid.inference.ItemOutcome.VqaResult;
import io.unifluid.inference.ModelOptions;
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
        assertThat(refused(items.get(10))).contains("does not do generate");
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
        planner.plan(question("marked", image, marks));
        long[] plain = planner.prompts().get(0).ids;
        long[] marked = planner.prompts().get(1).ids;
        for (long id : new long[] {plain[0], plain[plain.length - 1]}) {
            assertThat(count(marked, id)).as("mark %d", id).isEqualTo(count(plain, id));
        }
        ItemOutcome outcome = twin.model
                .run(List.of(question("marked", image, marks)))
                .items()
                .getFirst();
        assertThat(outcome).isInstanceOf(VqaResult.class);
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
        assertThat(twin.model.compute(planner.prompts()).encoded()).isEqualTo(1);
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

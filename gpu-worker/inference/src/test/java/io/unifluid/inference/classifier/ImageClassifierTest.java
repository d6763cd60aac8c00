package io.unifluid.inference.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.BundleException;
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
import io.unifluid.inference.ItemOutcome.AnswerResult;
import io.unifluid.inference.ItemOutcome.ChoiceScore;
import io.unifluid.inference.ItemOutcome.ItemFailure;
import io.unifluid.inference.ItemOutcome.VqaResult;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Task;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.ImageTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.assertj.core.util.DoubleComparator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A classifier of three colours, whose logits are a picture's mean red, green and blue; mean red above 3 fails a run. */
class ImageClassifierTest {
    private static LoadedModel model;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        model = Models.load(ModelBundle.open(Fixtures.tinyClassifier()), cpu());
        model.warmUp();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static ModelOptions cpu() {
        return new ModelOptions(DeviceChoice.CPU, 2, 1, 1);
    }

    private static ImageTensor picture(double red, double green, double blue) {
        float[] values = new float[48];
        Arrays.fill(values, 0, 16, (float) red);
        Arrays.fill(values, 16, 32, (float) green);
        Arrays.fill(values, 32, 48, (float) blue);
        return new ImageTensor(values, 4, 4, 4, 4);
    }

    private static VqaItem ask(ImageTensor picture, String question, String... choices) {
        return new VqaItem("a", picture, List.of(new QuestionItem(question, List.of(choices))));
    }

    private static AnswerResult answer(LoadedModel of, VqaItem item) {
        return ((VqaResult) of.run(List.of(item)).items().getFirst()).answers().getFirst();
    }

    private static String refusal(InferenceItem item) {
        ItemFailure failure = (ItemFailure) model.run(List.of(item)).items().getFirst();
        assertThat(failure.cause()).isEqualTo(FailureCause.BAD_INPUT);
        return failure.message();
    }

    @Test
    void addsUpTheClassesThatStandForAnAnswer() {
        // e^1 : e^2 + e^0
        AnswerResult answer = answer(model, ask(picture(1, 2, 0), "Is this picture  WARM", "yes", "no"));

        double red = Math.E;
        double others = Math.exp(2) + 1;
        assertThat(answer.answer()).isEqualTo("no");
        assertThat(answer.choices()).extracting(ChoiceScore::choice).containsExactly("yes", "no");
        assertThat(answer.choices().getFirst().score()).isCloseTo(red / (red + others), within(1e-6));
        assertThat(answer.choices().getLast().score()).isCloseTo(others / (red + others), within(1e-6));
        assertThat(answer.logProbability()).isCloseTo(Math.log(others / (red + others)), within(1e-6));
    }

    @Test
    void choosesAmongClassesWhateverTheQuestion() {
        AnswerResult answer = answer(model, ask(picture(0, 1, 2), "what do you see", "blue", "RED"));

        assertThat(answer.answer()).isEqualTo("blue");
        assertThat(answer.choices().getFirst().score()).isCloseTo(Math.exp(2) / (Math.exp(2) + 1), within(1e-6));
        assertThat(answer.choices().getLast().choice()).isEqualTo("RED");
        // of all classes, not of the two that were asked about
        assertThat(Math.exp(answer.logProbability())).isCloseTo(Math.exp(2) / (Math.exp(2) + Math.E + 1), within(1e-6));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "is this picture warm?|yes|no|maybe|must be among yes, no, or all among the classes Red, Green, Blue",
                "is there a dog?|yes|no||cannot answer \"is there a dog?\"; it answers \"is this picture warm?\" with yes, no;"
                        + " and any question whose choices are among its classes (Red, Green, Blue)",
                "is this picture warm?|yes|YES||at least two, each different",
                "is this picture warm?|yes|||at least two",
                "is this picture warm?||||writes no free answers: give the question choices. It answers \"is this",
                "' '|red|blue||The question is empty",
                "is this picture warm?|yes|blue||must be among yes, no",
            })
    void refusesByNameWhatItCannotAnswer(String question, String one, String two, String three, String sentence) {
        List<String> choices = new ArrayList<>();
        for (String choice : Arrays.asList(one, two, three)) {
            if (choice != null) {
                choices.add(choice);
            }
        }
        assertThat(refusal(ask(picture(0, 0, 0), question, choices.toArray(String[]::new))))
                .contains(sentence);
    }

    @Test
    void refusesOtherTasksAndWhatIsNoQuestion() {
        ImageTensor picture = picture(0, 0, 0);
        var none = OptionalLong.empty();

        assertThat(refusal(new CaptionItem("a", picture, Optional.empty(), 0)))
                .isEqualTo("This model does not do caption; it does vqa.");
        assertThat(refusal(new GenerateItem("a", "a fox", 1, none, OptionalDouble.empty(), OptionalInt.empty(), 0, 0)))
                .contains("does not do generate");
        assertThat(refusal(new EditItem("a", picture, "red", none, OptionalDouble.empty(), OptionalInt.empty())))
                .contains("does not do edit");
        assertThat(refusal(new VqaItem("a", picture, List.of()))).contains("There is no question");
        assertThat(refusal(ask(picture, "warm ".repeat(300), "yes", "no"))).contains("shorten it");
        assertThat(refusal(ask(new ImageTensor(new float[3], 1, 1, 1, 1), "is it warm?", "yes", "no")))
                .contains("prepared as 1x1 px and this model takes 4x4");
    }

    @Test
    void whatFailsDoesSoAlone() {
        List<InferenceItem> batch = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            batch.add(ask(picture(i == 6 ? 50 : i / 10.0, 0, 0), "is it warm?", "yes", "no"));
        }
        batch.set(8, ask(picture(0, Double.POSITIVE_INFINITY, 0), "is it warm?", "yes", "no"));
        batch.add(ask(picture(0, 0, 0), "is it cold?", "yes", "no"));

        List<ItemOutcome> outcomes = model.run(batch).items();

        assertThat(outcomes).filteredOn(VqaResult.class::isInstance).hasSize(9);
        assertThat(((ItemFailure) outcomes.get(6)).cause()).isEqualTo(FailureCause.MODEL);
        assertThat(((ItemFailure) outcomes.get(8)).message()).contains("is not a number");
        assertThat(((ItemFailure) outcomes.get(11)).cause()).isEqualTo(FailureCause.BAD_INPUT);
    }

    @Test
    void looksAtEachPictureOnceAndGivesTheSameInEveryCompany() {
        VqaItem alone = ask(picture(1, 0, 0), "is it warm?", "yes", "no");
        List<InferenceItem> batch = new ArrayList<>(List.of(alone, alone));
        for (int i = 0; i < 9; i++) {
            batch.add(ask(picture(0, i, 0), "is it warm?", "yes", "no"));
        }

        BatchOutcome together = model.run(batch);

        assertThat(together.encodedPictures()).isEqualTo(10);
        assertThat(((VqaResult) together.items().getFirst()).answers().getFirst())
                .isEqualTo(answer(model, alone));
        assertThat(model.run(List.of()).items()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"interleaved.onnx", "pairs.onnx"})
    void takesGraphsOfOtherShapesAndNames(String graph) throws IOException {
        try (LoadedModel other =
                Models.load(with("\"classify\": \"planes.onnx\"", "\"classify\": \"" + graph + "\""), cpu())) {
            other.warmUp();
            List<InferenceItem> batch = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                batch.add(ask(picture(i / 3.0, 0.5, 0.1 * i), "is it warm?", "yes", "no"));
            }
            assertThat(other.run(batch).items())
                    .usingRecursiveComparison()
                    .withComparatorForType(new DoubleComparator(1e-6), Double.class) // sums in another order
                    .isEqualTo(model.run(batch).items());
        }
    }

    /** The bundle with one change. */
    private ModelBundle with(String from, String to) throws IOException {
        Path changed = Fixtures.copy(Fixtures.tinyClassifier(), folder.resolve("changed"));
        Path manifest = changed.resolve("bundle.json");
        String json = Files.readString(manifest);
        assertThat(json).contains(from);
        Files.writeString(manifest, json.replace(from, to));
        return ModelBundle.open(changed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"classify\": \"planes.onnx\"|\"classify\": \"two-inputs.onnx\"|takes attention_mask and pixels and a classifier takes a picture alone",
                "\"width\": 4|\"width\": 8|wants the input pixels as 32-bit floats [any, 3, 4, 4] and a picture of this bundle"
                        + " is 32-bit floats [any, 3, 4, 8] or 32-bit floats [any, 4, 8, 3]",
                "\"fit\"|\"layout\": \"nhwc\", \"fit\"|as image.layout says",
                "\"Blue\"\\n ],|\"Blue\", \"Grey\"\\n ],|a classifier of 4 classes gives one number for each",
                "\"resampling\": \"bicubic\"|\"resampling\": \"nearest\"|none of bilinear, bicubic and lanczos",
                "\"output\": \"logits\"|\"output\": \"odds\"|is \"odds\" and neither logits nor probabilities",
                "\"vqa\"|\"vqa\", \"caption\"|must be vqa alone",
                "\"answer\": \"no\"|\"answer\": \"yes\"|questions.0.answers.1.answer in bundle.json has no class, or stands",
                "\"Green\",\\n      \"Blue\"|\"Green\",\\n      \"Pink\"|has \"Pink\", which is none of the classes",
                "\"Green\",\\n      \"Blue\"|\"Green\",\\n      \"Red\"|has \"Red\", which stands for an answer already",
                "\"is it warm?\"|\"Is this picture warm\"|has \"Is this picture warm\", which is empty or stands there twice",
            })
    void refusesABundleThatDoesNotFit(String from, String to, String sentence) throws IOException {
        assertThatThrownBy(() -> Models.load(with(from.replace("\\n", "\n"), to.replace("\\n", "\n")), cpu())
                        .close())
                .isInstanceOf(BundleException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void saysWhatItIs() {
        assertThat(model.tasks()).containsExactly(Task.VQA);
        assertThat(model.info().family()).isEqualTo("image-classifier");
        assertThat(model.card().statements()).containsKeys("trainedOn", "limits");
        assertThat(model.card().purpose()).contains("Tells red from green and blue.");
    }
}

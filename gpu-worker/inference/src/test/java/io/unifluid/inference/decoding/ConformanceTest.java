package io.unifluid.inference.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unifluid.inference.ItemOutcome;
import io.unifluid.inference.ItemOutcome.AnswerResult;
import io.unifluid.inference.ItemOutcome.CaptionResult;
import io.unifluid.inference.ItemOutcome.ImagesResult;
import io.unifluid.inference.ItemOutcome.RenderedImage;
import io.unifluid.inference.ItemOutcome.VqaResult;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.support.Softmax;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tiny models of public families give what Hugging Face transformers gives with the same weights. */
final class ConformanceTest {
    @BeforeAll
    static void numbersAsInJson() {
        Locale.setDefault(Locale.ROOT);
    }

    static List<String> twins() throws IOException {
        return Twin.names();
    }

    @ParameterizedTest
    @MethodSource("twins")
    void picturesAreThoseOfTheReferencesProcessor(String name) throws IOException {
        SoftAssertions all = new SoftAssertions();
        try (Twin twin = new Twin(name)) {
            for (Twin.Golden golden : twin.read()) {
                ImageTensor image = golden.image;
                float[] pixels = golden.pixels();
                all.assertThat(image.values()).as("%s %s", golden.name(), image).hasSameSizeAs(pixels);
                float worst = 0;
                for (int i = 0; i < Math.min(pixels.length, image.values().length); i++) {
                    worst = Math.max(worst, Math.abs(pixels[i] - image.values()[i]));
                }
                all.assertThat(worst).as("%s %s", golden.name(), image).isLessThanOrEqualTo(1e-3f);
            }
        }
        all.assertAll();
    }

    @ParameterizedTest
    @MethodSource("twins")
    void promptsTextsAndScoresAreTheReferencesInOneBatch(String name) throws IOException {
        SoftAssertions all = new SoftAssertions();
        try (Twin twin = new Twin(name)) {
            List<Twin.Golden> goldens = twin.goldens();
            Planner planner = twin.model.planner();
            List<Planner.Plan> plans =
                    goldens.stream().map(golden -> planner.plan(golden.item())).toList();
            twin.model.compute(planner);
            for (int i = 0; i < plans.size(); i++) {
                check(all, goldens.get(i), plans.get(i));
            }
        }
        all.assertAll();
    }

    private static void check(SoftAssertions all, Twin.Golden golden, Planner.Plan plan) {
        switch (plan) {
            case Planner.Pictures pictures -> {
                Sketch sketch = pictures.sketches().getFirst();
                all.assertThat(sketch.failure).as(golden.name()).isNull();
                all.assertThat(sketch.ids).as(golden.name()).isEqualTo(golden.ids("prompt"));
                all.assertThat(sketch.tokens).as(golden.name()).isEqualTo(golden.ids("tokens"));
            }
            case Planner.Refused refused -> all.fail(golden.name() + ": " + refused.message());
            case Planner.Caption caption -> {
                all.assertThat(caption.prompt().failure).as(golden.name()).isNull();
                all.assertThat(caption.prompt().ids).as(golden.name()).isEqualTo(golden.ids("prompt"));
                check(all, golden, caption.text());
            }
            case Planner.Answers answers -> {
                Planner.Question question = answers.questions().getFirst();
                all.assertThat(question.prompt().failure).as(golden.name()).isNull();
                all.assertThat(question.prompt().ids).as(golden.name()).isEqualTo(golden.ids("prompt"));
                if (question.answers().isEmpty()) {
                    check(all, golden, question.text());
                } else {
                    double[] logs = question.answers().stream()
                            .mapToDouble(answer -> answer.logProbability)
                            .toArray();
                    all.assertThat(logs).as(golden.name()).containsExactly(golden.logs(), within(1e-4));
                }
            }
        }
    }

    private static void check(SoftAssertions all, Twin.Golden golden, Prompt.Text text) {
        all.assertThat(text.tokens).as(golden.name()).isEqualTo(golden.ids("tokens"));
        all.assertThat(text.logProbability)
                .as(golden.name())
                .isCloseTo(golden.json.path("log").asDouble(), within(1e-4 * text.tokens.length));
    }

    @ParameterizedTest
    @MethodSource("twins")
    void anItemAloneSaysWhatItSaysInCompany(String name) throws IOException {
        try (Twin twin = new Twin(name)) {
            for (Twin.Golden golden : twin.goldens().subList(3, 9)) {
                ItemOutcome outcome =
                        twin.model.run(List.of(golden.item())).items().getFirst();
                switch (outcome) {
                    case CaptionResult caption ->
                        assertThat(caption.text())
                                .isEqualTo(golden.json.path("text").asText());
                    case VqaResult vqa -> {
                        AnswerResult answer = vqa.answers().getFirst();
                        if (answer.choices().isEmpty()) {
                            assertThat(answer.answer())
                                    .isEqualTo(golden.json.path("text").asText());
                        } else {
                            double[] scores = Softmax.of(golden.logs(), 1);
                            for (int i = 0; i < scores.length; i++) {
                                assertThat(answer.choices().get(i).score()).isCloseTo(scores[i], within(1e-4));
                            }
                        }
                    }
                    case ImagesResult images -> {
                        RenderedImage image = images.images().getFirst();
                        assertThat(image.seed())
                                .isEqualTo(golden.json.path("seed").asLong());
                        isTheSamePicture(ImageIO.read(new ByteArrayInputStream(image.png())), golden.drawn());
                    }
                    default -> throw new AssertionError(outcome.toString());
                }
            }
        }
    }

    /** To a level: the reference cuts fractions off, and we round. */
    private static void isTheSamePicture(BufferedImage ours, BufferedImage theirs) {
        assertThat(ours.getWidth()).isEqualTo(theirs.getWidth());
        assertThat(ours.getHeight()).isEqualTo(theirs.getHeight());
        for (int y = 0; y < ours.getHeight(); y++) {
            for (int x = 0; x < ours.getWidth(); x++) {
                for (int shift = 0; shift <= 16; shift += 8) {
                    assertThat(ours.getRGB(x, y) >> shift & 255)
                            .isCloseTo(theirs.getRGB(x, y) >> shift & 255, within(1));
                }
            }
        }
    }
}

package io.unifluid.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.ChoiceScore;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.VqaOutput;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.SampleArchive;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The four tasks with the trained bundle, as a client outside of the containers sees them. */
@ExtendWith(InContainers.class)
final class FourTasksIT {
    private final ContainerPath path;

    FourTasksIT(ContainerPath path) {
        this.path = path;
    }

    @Test
    void captionsPicturesRightly() {
        var scenes = SampleArchive.scenes().subList(0, 40);
        path.client()
                .sendAll(IntStream.range(0, scenes.size())
                        .mapToObj(i -> Requests.caption(
                                        "caption-" + i, scenes.get(i).bytes())
                                .build())
                        .toList());

        var right = IntStream.range(0, scenes.size())
                .filter(i -> ((CaptionOutput) succeeded("caption-" + i).getOutput())
                        .getText()
                        .equals(scenes.get(i).caption()))
                .count();

        assertThat(right)
                .as("captions that are the truth, word for word, of 40")
                .isGreaterThanOrEqualTo(32);
        assertThat(succeeded("caption-0").getModel().getName()).isEqualTo("unifluid-reference");
    }

    @Test
    void answersAClosedQuestionWithScoresThatAddUp() {
        var scene = SampleArchive.scene(1);
        var asked = scene.questions().getFirst();
        path.client()
                .send(Requests.ask(
                                "ask",
                                scene.bytes(),
                                asked.question(),
                                asked.choices().toArray(String[]::new))
                        .build());

        var answer = ((VqaOutput) succeeded("ask").getOutput()).getAnswers().getFirst();

        assertThat(answer.getText()).isIn(asked.choices());
        assertThat(answer.getScores().stream()
                        .mapToDouble(ChoiceScore::getScore)
                        .sum())
                .isCloseTo(1.0, within(1e-6));
    }

    @Test
    void drawsTheSamePictureForTheSameSeed() throws Exception {
        path.client()
                .sendAll(List.of(
                        Requests.generate("generate-1", "a duck on a blue background", 7)
                                .build(),
                        Requests.generate("generate-2", "a duck on a blue background", 7)
                                .build(),
                        Requests.generate("generate-3", "a duck on a blue background", 8)
                                .build()));

        assertThat(png("generate-2")).isEqualTo(png("generate-1"));
        assertThat(png("generate-3")).isNotEqualTo(png("generate-1"));
        assertThat(ImageIO.read(new ByteArrayInputStream(png("generate-1"))).getWidth())
                .isEqualTo(64);
    }

    @Test
    void editsAPicture() throws Exception {
        var scene = SampleArchive.scene(2);
        path.client()
                .send(Requests.edit("edit", scene.bytes(), "make the background red", 3)
                        .build());

        assertThat(ImageIO.read(new ByteArrayInputStream(png("edit"))).getWidth())
                .isEqualTo(64);
    }

    private byte[] png(String requestId) {
        var output = (ImagesOutput) succeeded(requestId).getOutput();
        var bytes = output.getImages().getFirst().getImage().getBytes().duplicate();
        var png = new byte[bytes.remaining()];
        bytes.get(png);
        return png;
    }

    private InferenceResult succeeded(String requestId) {
        var result = path.client().await(requestId, Await.PATIENCE);
        assertThat(result.getStatus()).as("%s", result.getError()).isEqualTo(ResultStatus.SUCCEEDED);
        return result;
    }
}

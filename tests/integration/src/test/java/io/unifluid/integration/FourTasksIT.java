package io.unifluid.integration;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All four tasks through a real broker, a real registry and the trained model: what a user reads at the end. */
final class FourTasksIT {
    @TempDir
    static Path scratch;

    private static WholePath path;

    @BeforeAll
    static void start() throws Exception {
        path = WholePath.start(scratch);
    }

    @AfterAll
    static void stop() throws Exception {
        path.close();
    }

    @Test
    void captionsTheSampleArchive() {
        var scenes = SampleArchive.scenes().subList(0, 100);
        path.client.sendAll(IntStream.range(0, scenes.size())
                .mapToObj(i -> Requests.caption("caption-" + i, scenes.get(i).bytes())
                        .setLabels(Map.of(
                                "file", scenes.get(i).file().getFileName().toString()))
                        .build())
                .toList());

        var results = path.client.awaitAll(
                IntStream.range(0, scenes.size()).mapToObj(i -> "caption-" + i).toList(), Await.PATIENCE);

        int right = 0;
        for (int i = 0; i < scenes.size(); i++) {
            var result = results.get("caption-" + i);
            assertThat(result.getStatus()).as("%s", result.getError()).isEqualTo(ResultStatus.SUCCEEDED);
            assertThat(result.getLabels())
                    .containsEntry("file", scenes.get(i).file().getFileName().toString());
            assertThat(result.getModel().getName()).isEqualTo("unifluid-reference");
            assertThat(result.getAttempts()).isEqualTo(1);
            assertThat(result.getTimings().getInference()).isPositive();
            if (((CaptionOutput) result.getOutput())
                    .getText()
                    .equals(scenes.get(i).caption())) {
                right++;
            }
        }
        assertThat(right)
                .as("captions that are the truth, word for word, of 100")
                .isGreaterThanOrEqualTo(80);
        assertThat(shareRuns(results.values()) || waves().anyMatch(FourTasksIT::shareRuns))
                .as("a batch of more than one, among the captions of one of several times a hundred requests")
                .isTrue();
    }

    /** Where requests trickle in, since the machine has other work, each may find the worker idle and run alone. */
    private Stream<Collection<InferenceResult>> waves() {
        var scenes = SampleArchive.scenes();
        return IntStream.range(0, 4).mapToObj(wave -> {
            var ids = IntStream.range(0, 100)
                    .mapToObj(i -> "wave-" + wave + "-" + i)
                    .toList();
            path.client.sendAll(IntStream.range(0, ids.size())
                    .mapToObj(i -> Requests.caption(ids.get(i), scenes.get(i).bytes())
                            .setReuse(false)
                            .build())
                    .toList());
            return path.client.awaitAll(ids, Await.PATIENCE).values();
        });
    }

    private static boolean shareRuns(Collection<InferenceResult> results) {
        return results.stream().anyMatch(result -> result.getBatch().getSize() > 1);
    }

    /** The page's own lines, with this test's addresses, as a program that knows the public classes alone. */
    @Test
    void theClientsPageShowsAProgramThatRuns() throws Exception {
        var page = Files.readString(SampleArchive.folder().resolve("../../connectors/client/README.md"));
        int begin = page.indexOf("```java\n") + 8;
        var lines = page.substring(begin, page.indexOf("```", begin));
        assertThat(lines.lines()).hasSize(15);
        for (var own : Map.of(
                        "localhost:19092", path.broker.bootstrapServers(),
                        "http://localhost:18081/apis/ccompat/v7", path.registry.url(),
                        ".unifluid/blobs", path.blobs.toString(),
                        "picture.png", SampleArchive.scene(0).file().toString())
                .entrySet()) {
            assertThat(lines).containsOnlyOnce('"' + own.getKey() + '"');
            lines = lines.replace('"' + own.getKey() + '"', '"' + own.getValue() + '"');
        }
        var program = Files.writeString(scratch.resolve("Example.java"), """
                import io.unifluid.client.*;
                import java.nio.file.Path;
                import java.time.Duration;
                import java.util.concurrent.ExecutionException;
                void main() throws Exception {
                %s}
                """.formatted(lines));
        var said = new ArrayList<String>();
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        program.toString())
                .redirectErrorStream(true)
                .start();
        try (var out = process.inputReader()) {
            out.lines().forEach(said::add);
        }
        assertThat(process.waitFor()).as("%s", said).isZero();
        assertThat(said).anyMatch(line -> line.startsWith("asked "));
        assertThat(said).anyMatch(line -> line.startsWith("yes [{\"choice\": \"yes\", \"score\": "));
    }

    @Test
    void answersQuestionsWithScoresThatAddUp() {
        var scene = SampleArchive.scene(1);
        var asked = scene.questions().getFirst();
        path.client.send(Requests.ask(
                        "ask-closed",
                        scene.bytes(),
                        asked.question(),
                        asked.choices().toArray(String[]::new))
                .build());
        path.client.send(Requests.ask("ask-open", scene.bytes(), "what color is the background?")
                .build());

        var closed =
                ((VqaOutput) succeeded("ask-closed").getOutput()).getAnswers().getFirst();
        assertThat(closed.getQuestion()).isEqualTo(asked.question());
        assertThat(closed.getScores().stream().map(ChoiceScore::getChoice)).isEqualTo(asked.choices());
        assertThat(closed.getScores().stream()
                        .mapToDouble(ChoiceScore::getScore)
                        .sum())
                .isCloseTo(1.0, within(1e-6));
        assertThat(closed.getText()).isIn(asked.choices());

        var open = ((VqaOutput) succeeded("ask-open").getOutput()).getAnswers().getFirst();
        assertThat(open.getText()).isNotBlank();
        assertThat(open.getScores()).isEmpty();
    }

    @Test
    void theSameSeedGivesTheSamePictureWhoeverSharesTheBatch() throws Exception {
        path.client.send(Requests.generate("generate-1", "a duck on a blue background", 7)
                .build());
        succeeded("generate-1");
        path.client.sendAll(List.of(
                Requests.generate("generate-2", "a duck on a blue background", 7)
                        .setReuse(false)
                        .build(),
                Requests.generate("generate-3", "a duck on a blue background", 8)
                        .build(),
                Requests.generate("generate-4", "a fox on a red background", 9).build()));

        var first = png("generate-1");
        assertThat(png("generate-2")).isEqualTo(first);
        assertThat(png("generate-3")).isNotEqualTo(first);
        var picture = ImageIO.read(new ByteArrayInputStream(first));
        assertThat(List.of(picture.getWidth(), picture.getHeight())).isEqualTo(List.of(64, 64));
        assertThat(((ImagesOutput) succeeded("generate-1").getOutput())
                        .getImages()
                        .getFirst()
                        .getSeed())
                .isEqualTo(7);
    }

    @Test
    void editsAPicture() throws Exception {
        var scene = SampleArchive.scene(2);
        path.client.send(Requests.edit("edit-1", scene.bytes(), "make the background red", 3)
                .build());

        var edited = ImageIO.read(new ByteArrayInputStream(png("edit-1")));
        assertThat(edited.getWidth()).isEqualTo(64);
    }

    private static byte[] png(String requestId) {
        var output = (ImagesOutput) succeeded(requestId).getOutput();
        var bytes = output.getImages().getFirst().getImage().getBytes().duplicate();
        var png = new byte[bytes.remaining()];
        bytes.get(png);
        return png;
    }

    private static InferenceResult succeeded(String requestId) {
        var result = path.client.await(requestId, Await.PATIENCE);
        assertThat(result.getStatus()).as("%s", result.getError()).isEqualTo(ResultStatus.SUCCEEDED);
        return result;
    }
}

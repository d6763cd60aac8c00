package io.unifluid.worker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobStores;
import io.unifluid.blobs.fetch.ClaimCheck;
import io.unifluid.inference.FailureCause;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.EditItem;
import io.unifluid.inference.InferenceItem.GenerateItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.ItemOutcome;
import io.unifluid.inference.ModelInfo;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.schemas.Answer;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.ChoiceScore;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Question;
import io.unifluid.schemas.Timings;
import io.unifluid.schemas.Vqa;
import io.unifluid.schemas.VqaOutput;
import io.unifluid.schemas.WorkItem;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MappersTest {
    private static final ImageTensor PICTURE = new ImageTensor(new float[3], 1, 1, 1, 1);

    @TempDir
    private Path blobs;

    private static InferenceRequest request(Object task) {
        return Batches.request("id", task);
    }

    @Test
    void mapsEveryTask() throws Exception {
        assertThat(WorkItemMapper.item(request(new Caption(12, "a hint")), Optional.of(PICTURE)))
                .isEqualTo(new CaptionItem("id", PICTURE, Optional.of("a hint"), 12));
        assertThat(WorkItemMapper.item(
                        request(new Vqa(List.of(new Question("is it?", List.of("yes", "no"))))), Optional.of(PICTURE)))
                .isEqualTo(new VqaItem("id", PICTURE, List.of(new QuestionItem("is it?", List.of("yes", "no")))));
        assertThat(WorkItemMapper.item(request(new Generate("dog", 2, 64, 32, 9L, 3.5, 8)), Optional.empty()))
                .isEqualTo(new GenerateItem(
                        "id", "dog", 2, OptionalLong.of(9), OptionalDouble.of(3.5), OptionalInt.of(8), 64, 32));
        assertThat(WorkItemMapper.item(request(new Edit("make it red", null, null, 0)), Optional.of(PICTURE)))
                .isEqualTo(new EditItem(
                        "id",
                        PICTURE,
                        "make it red",
                        OptionalLong.empty(),
                        OptionalDouble.empty(),
                        OptionalInt.empty()));
    }

    @Test
    void findsThePictureOfTasksThatWorkOnOne() throws Exception {
        InferenceRequest caption = request(new Caption(0, null));
        caption.setImage(new ImageRef(ByteBuffer.wrap(new byte[] {1, 2}), null, "image/png", "ab"));
        assertThat(WorkItemMapper.picture(caption)).hasValueSatisfying(location -> {
            assertThat(location.inline().orElseThrow()).containsExactly(1, 2);
            assertThat(location.sha256()).contains("ab");
        });
        caption.setImage(new ImageRef(null, "file:/a.png", null, null));
        assertThat(WorkItemMapper.picture(caption).orElseThrow().uri()).contains("file:/a.png");
        assertThat(WorkItemMapper.picture(request(new Generate("dog", 1, 0, 0, null, null, 0))))
                .isEmpty();
    }

    @Test
    void refusesAMissingPictureAndAnUnknownTask() {
        assertThatThrownBy(() -> WorkItemMapper.picture(request(new Caption(0, null))))
                .isInstanceOf(WorkItemMapper.BadRequestException.class)
                .hasMessage("The task works on a picture and the request has none; add one.");
        assertThatThrownBy(() -> WorkItemMapper.picture(request(null)))
                .isInstanceOf(WorkItemMapper.BadRequestException.class)
                .hasMessageStartingWith("This worker does not know the task");
    }

    private Outcome finish(ItemOutcome result, int inlineLimit) {
        WorkItem item = new WorkItem(
                request(new Caption(0, null)),
                3,
                Instant.ofEpochMilli(1000),
                Instant.ofEpochMilli(1100),
                Instant.ofEpochMilli(1150),
                Batches.token("id"));
        MicroBatch batch = Batches.batch("b", item, item);
        OutcomeMapper mapper = new OutcomeMapper(
                "w",
                new ModelInfo("unifluid", "reference", "1", "cpu", "why"),
                new ClaimCheck(BlobStores.open(blobs.toString()), inlineLimit));
        return mapper.finished(
                new ReadyBatch.Prepared.Runnable(item, new CaptionItem("id", PICTURE, Optional.empty(), 0), 20, 30),
                batch,
                result,
                OptionalDouble.of(0.75),
                new OutcomeMapper.Run(Instant.ofEpochMilli(1300), Instant.ofEpochMilli(1400), 100, 0.25));
    }

    @Test
    void reportsACaptionWithWhereTheTimeWent() {
        Outcome outcome = finish(new ItemOutcome.CaptionResult("id", "a dog", -0.5, 3), 0);
        assertThat(outcome.getKind()).isEqualTo(OutcomeKind.SUCCEEDED);
        assertThat(outcome.getAttempt()).isEqualTo(3);
        assertThat(outcome.getOutput()).isEqualTo(new CaptionOutput("a dog", -0.5, 3));
        assertThat(outcome.getTimings()).isEqualTo(new Timings(100.0, 50.0, 100.0, 20.0, 30.0, 100.0, 0.0));
        assertThat(outcome.getBatch().getSize()).isEqualTo(2);
        assertThat(outcome.getBatch().getPaddingShare()).isEqualTo(0.25);
        assertThat(outcome.getModel().getName()).isEqualTo("reference");
        assertThat(outcome.getAt()).isEqualTo(Instant.ofEpochMilli(1400));
        assertThat(outcome.getToken()).isEqualTo(Batches.token("id"));
        assertThat(outcome.getDomain()).isEqualTo(0.75);
    }

    @Test
    void reportsAnswersWithTheirScores() {
        ItemOutcome result = new ItemOutcome.VqaResult(
                "id",
                List.of(new ItemOutcome.AnswerResult(
                        "is it?", "yes", -0.1, List.of(new ItemOutcome.ChoiceScore("yes", 0.9)))));
        assertThat(finish(result, 0).getOutput())
                .isEqualTo(new VqaOutput(
                        List.of(new Answer("is it?", "yes", -0.1, List.of(new ChoiceScore("yes", 0.9))))));
    }

    @Test
    void picturesTravelInlineUpToTheLimitAndAsClaimsAboveIt() {
        ItemOutcome result = new ItemOutcome.ImagesResult(
                "id", List.of(new ItemOutcome.RenderedImage(new byte[] {1, 2, 3}, 9, 64, 32)));
        ImageRef inline = ((ImagesOutput) finish(result, 3).getOutput())
                .getImages()
                .getFirst()
                .getImage();
        assertThat(inline.getBytes()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        ImagesOutput claimed = (ImagesOutput) finish(result, 2).getOutput();
        ImageRef claim = claimed.getImages().getFirst().getImage();
        assertThat(claim.getBytes()).isNull();
        assertThat(BlobStores.open(blobs.toString()).get(BlobKey.parse(claim.getUri())))
                .containsExactly(1, 2, 3);
        assertThat(claimed.getImages().getFirst().getSeed()).isEqualTo(9);
    }

    @Test
    void aPictureThatCannotBeStoredIsTriedAgain() throws Exception {
        java.nio.file.Files.delete(blobs);
        java.nio.file.Files.writeString(blobs, "a file in the place of the folder");
        ItemOutcome result = new ItemOutcome.ImagesResult(
                "id", List.of(new ItemOutcome.RenderedImage(new byte[] {1, 2, 3}, 9, 64, 32)));
        Outcome outcome = finish(result, 0);
        assertThat(outcome.getKind()).isEqualTo(OutcomeKind.FAILED);
        assertThat(outcome.getFailure()).isEqualTo(FailureKind.TRANSIENT);
        assertThat(outcome.getMessage()).startsWith("The drawn picture could not be stored: ");
    }

    @Test
    void reportsTheModelsFailures() {
        Outcome outcome = finish(new ItemOutcome.ItemFailure("id", FailureCause.OUT_OF_MEMORY, "Too big."), 0);
        assertThat(outcome.getKind()).isEqualTo(OutcomeKind.FAILED);
        assertThat(outcome.getFailure()).isEqualTo(FailureKind.OUT_OF_MEMORY);
        assertThat(outcome.getMessage()).isEqualTo("Too big.");
        assertThat(outcome.getOutput()).isNull();
    }
}

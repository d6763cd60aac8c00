package io.unifluid.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.BatchInfo;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultError;
import io.unifluid.schemas.ResultStatus;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SummaryTest {
    private static InferenceResult.Builder result(String batch, int size) {
        return InferenceResult.newBuilder()
                .setRequestId("r")
                .setTenant("test")
                .setBatch(BatchInfo.newBuilder().setId(batch).setSize(size).build());
    }

    private static Answered captioned(int milliseconds, String batch, int size) {
        var output = CaptionOutput.newBuilder().setText("a fox").build();
        return Answered.of(
                Path.of("a.png"),
                result(batch, size)
                        .setStatus(ResultStatus.SUCCEEDED)
                        .setOutput(output)
                        .build(),
                Duration.ofMillis(milliseconds));
    }

    @Test
    void countsAddUp() {
        var summary = new Summary("captioned", 102);
        for (int i = 1; i <= 100; i++) {
            summary.add(captioned(i, "batch-" + (i % 10), 10));
        }
        var refused = result("batch-0", 10)
                .setStatus(ResultStatus.FAILED)
                .setError(new ResultError("BAD_INPUT", "It is not a picture."))
                .build();
        summary.add(Answered.of(Path.of("b.txt"), refused, Duration.ofMillis(1000)));
        summary.add(Answered.unsent(Path.of("c.png"), new Failure("UNREADABLE", "There is no such file.")));

        assertThat(summary.succeeded()).isEqualTo(100);
        assertThat(summary.failed()).isEqualTo(2);
        assertThat(summary.batchCount()).isEqualTo(10);
        assertThat(summary.meanBatch()).isEqualTo(10.0);
        assertThat(summary.percentile(0.50)).isEqualTo(51.0);
        assertThat(summary.percentile(1.0)).isEqualTo(1000.0);
        assertThat(summary.lines(Duration.ofSeconds(4)))
                .contains("captioned  100 of 102 in 4.0 s: 25.0 images/s", "failed     2")
                .contains(
                        "           1 x It is not a picture. (BAD_INPUT: b.txt)",
                        "           1 x There is no such file. (UNREADABLE: c.png)");
    }

    @Test
    void warnsOfPicturesThatTheModelWasNotMadeFor() {
        var summary = new Summary("captioned", 6);
        summary.add(captioned(1, "b", 1));
        assertThat(summary.warning()).isEmpty();
        for (int i = 0; i < 5; i++) {
            var photograph = result("b", 1)
                    .setStatus(ResultStatus.SUCCEEDED)
                    .setOutput(CaptionOutput.newBuilder().setText("a fox").build())
                    .setDomain(i == 4 ? 0.5 : 0.9)
                    .build();
            summary.add(Answered.of(Path.of(i + ".jpg"), photograph, Duration.ofMillis(1)));
        }
        assertThat(summary.lines(Duration.ofSeconds(1)))
                .endsWith(
                        "warning    4 of 6 are unlike the pictures that the model was trained on, so do not rely on what it"
                                + " says of them: 0.jpg, 1.jpg, 2.jpg and 1 more");
    }

    @Test
    void saysAReasonOnceWithItsCountAndFirstExamples() {
        var summary = new Summary("captioned", 40);
        for (int i = 0; i < 13; i++) {
            summary.add(Answered.unsent(Path.of(i + ".java"), new Failure("BAD_INPUT", "It is not a picture.")));
        }
        for (int i = 0; i < 20; i++) {
            summary.add(Answered.unsent(Path.of("x.png"), new Failure("BAD_INPUT", "Reason " + i + ".")));
        }
        summary.add(Answered.of(
                Path.of("c.png"),
                result("b", 1).setStatus(ResultStatus.CANCELLED).build(),
                Duration.ZERO));
        summary.add(Answered.unanswered(Path.of("d.png"), "id-1", "It was sent."));

        assertThat(summary.complete()).isFalse();
        assertThat(summary.missing())
                .startsWith(
                        "failed     33",
                        "           13 x It is not a picture. (BAD_INPUT: 0.java, 1.java, 2.java and 10 more)",
                        "           1 x Reason 0. (BAD_INPUT: x.png)")
                .endsWith(
                        "           11 for other reasons; --json names every file with its own",
                        "cancelled  1 on their way",
                        "unanswered 1 sent, with no result yet; request ids: id-1",
                        "not sent   5");
    }
}

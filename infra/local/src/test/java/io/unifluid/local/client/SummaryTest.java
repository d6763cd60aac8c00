package io.unifluid.local.client;

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

    private static Captioned captioned(int milliseconds, String batch, int size) {
        var output = CaptionOutput.newBuilder().setText("a fox").build();
        return Captioned.of(
                Path.of("a.png"),
                result(batch, size)
                        .setStatus(ResultStatus.SUCCEEDED)
                        .setOutput(output)
                        .build(),
                Duration.ofMillis(milliseconds));
    }

    @Test
    void countsAddUp() {
        var summary = new Summary();
        for (int i = 1; i <= 100; i++) {
            summary.add(captioned(i, "batch-" + (i % 10), 10));
        }
        var refused = result("batch-0", 10)
                .setStatus(ResultStatus.FAILED)
                .setError(new ResultError("BAD_INPUT", "It is not a picture."))
                .build();
        summary.add(Captioned.of(Path.of("b.txt"), refused, Duration.ofMillis(1000)));
        summary.add(Captioned.failed(Path.of("c.png"), "There is no such file."));

        assertThat(summary.captioned()).isEqualTo(100);
        assertThat(summary.failed()).isEqualTo(2);
        assertThat(summary.batchCount()).isEqualTo(10);
        assertThat(summary.meanBatch()).isEqualTo(10.0);
        assertThat(summary.percentile(0.50)).isEqualTo(51.0);
        assertThat(summary.percentile(1.0)).isEqualTo(1000.0);
        assertThat(summary.lines(Duration.ofSeconds(4)))
                .contains("captioned  100 of 102 in 4.0 s: 25.0 images/s", "failed     2")
                .contains("           1 x It is not a picture.", "           1 x There is no such file.");
    }
}

package io.unifluid.gateway.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.gateway.request.RequestIds;
import io.unifluid.operations.tenants.Ids;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class LineIdsTest {
    private static final String BATCH = Ids.fresh(BatchTopic.KIND);

    @Test
    void aLineAndItsAttemptAreFoundInItsId() {
        var first = utf8(LineIds.of("acme", BATCH, 16, 0));
        assertThat(LineIds.batchOf(first)).isEqualTo(LineIds.name(BATCH));
        assertThat(LineIds.attempt(first)).contains(new LineIds.Attempt(16, 0));
        assertThat(LineIds.attempt(utf8(LineIds.of("acme", BATCH, 49_999, 3))))
                .contains(new LineIds.Attempt(49_999, 3));
    }

    @Test
    void theSameLineHasTheSameIdAndAnotherTenantsAnother() {
        assertThat(LineIds.of("acme", BATCH, 1, 0))
                .isEqualTo(LineIds.of("acme", BATCH, 1, 0))
                .isNotEqualTo(LineIds.of("acme", BATCH, 2, 0))
                .isNotEqualTo(LineIds.of("other", BATCH, 1, 0));
    }

    @Test
    void otherRequestsAreNoLines() {
        assertThat(LineIds.isLine(RequestIds.named("acme", "0123456789abcdef0123456789abcdef")))
                .isFalse();
        assertThat(LineIds.isLine("some-request")).isFalse();
        assertThat(LineIds.batchOf(null)).isNull();
        var strange = utf8(LineIds.of("acme", BATCH, 0, 0) + "x");
        assertThat(LineIds.attempt(strange)).isEmpty();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

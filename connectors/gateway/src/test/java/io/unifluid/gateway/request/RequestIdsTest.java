package io.unifluid.gateway.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.gateway.batch.LineIds;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class RequestIdsTest {
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00.123Z");

    @Test
    void aFreshOneSaysWhenItWasTakenAndToItsTenantAlone() {
        var id = RequestIds.fresh("acme", AT);
        assertThat(RequestIds.isSound(id)).isTrue();
        assertThat(LineIds.isLine(id)).isFalse();
        assertThat(RequestIds.takenAt("acme", id)).contains(AT);
        assertThat(RequestIds.takenAt("other", id)).isEmpty();
        assertThat(RequestIds.fresh("acme", AT)).isNotEqualTo(id);
    }

    @Test
    void oneWithAnyCharacterWrongSaysNothing() {
        var id = RequestIds.fresh("acme", AT);
        for (int i = 0; i < id.length(); i++) {
            char wrong = id.charAt(i) == '0' ? '1' : '0';
            assertThat(RequestIds.takenAt("acme", id.substring(0, i) + wrong + id.substring(i + 1)))
                    .as("wrong at %d", i)
                    .isEmpty();
        }
        assertThat(RequestIds.takenAt("acme", id + "0")).isEmpty();
        assertThat(RequestIds.takenAt("acme", id.substring(1))).isEmpty();
        assertThat(RequestIds.takenAt("acme", RequestIds.of("acme", "key"))).isEmpty();
        assertThat(RequestIds.takenAt("acme", RequestIds.named("acme", "0123456789abcdef0123456789abcdef-1")))
                .isEmpty();
    }
}

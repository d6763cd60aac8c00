package io.unifluid.gateway.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.Batch;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TurnsTest {
    @Test
    void aTenantWithManyBatchesDoesNotKeepOthersWaiting() {
        var waiting = List.of(batch("a1", "a", 1), batch("a2", "a", 2), batch("b1", "b", 9), batch("a3", "a", 3));
        assertThat(Turns.next(waiting, List.of(batch("a0", "a", 0)), 4))
                .extracting(Batch::getId)
                .containsExactly("b1", "a1", "a2");
    }

    @Test
    void noMoreRunThanMay() {
        var running = List.of(batch("x", "x", 0), batch("y", "y", 0));
        assertThat(Turns.next(List.of(batch("z", "z", 0)), running, 2)).isEmpty();
    }

    private static Batch batch(String id, String tenant, long second) {
        return Batch.newBuilder()
                .setId(id)
                .setTenant(tenant)
                .setEndpoint("/v1/chat/completions")
                .setInputFileId("file")
                .setCreatedAt(Instant.ofEpochSecond(second))
                .build();
    }
}

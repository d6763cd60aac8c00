package io.unifluid.operations.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class IdsTest {
    @Test
    void aFreshOneIsYoungAndOneOfItsKind() {
        var id = Ids.fresh("file-");
        assertThat(Ids.is("file-", id)).isTrue();
        assertThat(Ids.isYoung("file-", id)).isTrue();
        assertThat(Ids.fresh("file-")).isNotEqualTo(id);
    }

    @Test
    void whatIsNoneOrOldIsNotWaitedFor() {
        for (var id :
                new String[] {"", "file-", "file-../../etc/passwd", "batch_" + "0".repeat(32), "file-" + "0".repeat(32)
                }) {
            assertThat(Ids.isYoung("file-", id)).as(id).isFalse();
        }
    }
}

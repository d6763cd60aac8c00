package io.unifluid.moderation.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.moderation.hash.HashEntry.Effect;
import io.unifluid.moderation.hash.HashEntry.Kind;
import io.unifluid.pdq.Pdq.Hashed;
import io.unifluid.pdq.PdqHash;
import java.util.List;
import org.junit.jupiter.api.Test;

class HashListsTest {
    private static final String SHA = "ab".repeat(32);
    private static final PdqHash PDQ = new PdqHash(1, 2, 3, 4);

    private final HashLists lists = new HashLists();

    @Test
    void matchesUpToDistance31AndNoFurther() {
        lists.put("k", entry("acme", Effect.BLOCK, Kind.PDQ, PDQ.hex()));

        assertThat(lists.sameLooks("acme", picture(31, 50)).orElseThrow().distance())
                .isEqualTo(31);
        assertThat(lists.sameLooks("acme", picture(32, 50))).isEmpty();
    }

    @Test
    void aPictureOfLittleStructureMatchesNothing() {
        lists.put("k", entry("acme", Effect.BLOCK, Kind.PDQ, PDQ.hex()));

        assertThat(lists.sameLooks("acme", picture(0, 49))).isEmpty();
        assertThat(lists.sameLooks("acme", picture(0, 50))).isPresent();
    }

    @Test
    void eachTenantHasItsOwnListsBesideEverybodys() {
        lists.put("k", entry("acme", Effect.BLOCK, Kind.SHA256, SHA));
        lists.put("all", entry(HashEntry.EVERYBODY, Effect.BLOCK, Kind.PDQ, PDQ.hex()));

        assertThat(lists.sameBytes("acme", SHA)).isPresent();
        assertThat(lists.sameBytes("other", SHA)).isEmpty();
        assertThat(lists.hasLooks("other")).isTrue();
        assertThat(lists.sameLooks("other", picture(0, 100))).isPresent();
    }

    @Test
    void aBlockCountsMoreThanAnAllow() {
        lists.put("a", entry("acme", Effect.ALLOW, Kind.SHA256, SHA));
        lists.put("b", entry("acme", Effect.BLOCK, Kind.SHA256, SHA));
        lists.put("c", entry("acme", Effect.ALLOW, Kind.PDQ, PDQ.hex()));
        lists.put("d", entry("acme", Effect.BLOCK, Kind.PDQ, new PdqHash(7, 2, 3, 4).hex()));

        assertThat(lists.sameBytes("acme", SHA).orElseThrow().entry().effect()).isEqualTo(Effect.BLOCK);
        assertThat(lists.sameLooks("acme", picture(0, 100))
                        .orElseThrow()
                        .entry()
                        .effect())
                .isEqualTo(Effect.BLOCK);
    }

    @Test
    void whatIsTakenOffMatchesNoMore() {
        lists.put("a", entry("acme", Effect.BLOCK, Kind.SHA256, SHA));
        lists.put("c", entry("acme", Effect.BLOCK, Kind.PDQ, PDQ.hex()));
        lists.put("a", entry("acme", Effect.ALLOW, Kind.SHA256, SHA));
        assertThat(lists.sameBytes("acme", SHA).orElseThrow().entry().effect()).isEqualTo(Effect.ALLOW);

        lists.remove("a");
        lists.remove("c");
        lists.remove("never there");

        assertThat(lists.size()).isZero();
        assertThat(lists.sameBytes("acme", SHA)).isEmpty();
        assertThat(lists.hasLooks("acme")).isFalse();
    }

    private static Hashed picture(int distance, int quality) {
        return new Hashed(new PdqHash(1 ^ ((1L << distance) - 1), 2, 3, 4), quality);
    }

    private static HashEntry entry(String tenant, Effect effect, Kind kind, String hash) {
        return new HashEntry(tenant, "list", effect, kind, hash, List.of("known"), "");
    }
}

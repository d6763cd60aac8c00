package io.unifluid.hostile.attack;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Ids and keys that are too long, unreadable, not each other, or somebody else's. */
final class Identities implements Attack {
    private static final List<String> STRANGE = List.of(
            "line\nbreak",
            "\u001b[2Jescape",
            "nul\u0000inside",
            "right\u202eto left",
            "../../etc/passwd",
            "<script>alert(1)</script>",
            "' OR 1=1 --",
            "\ud83d\ude00 emoji",
            "e\u0301 and \u00e9");

    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        var shots = new ArrayList<Shot>();
        for (int length : new int[] {201, 1_000, 5_000, 16_000, 17_000, 40_000}) {
            var id = arsenal.id() + "x".repeat(length - arsenal.id().length());
            twice(arsenal, "id of " + length + " characters", id, shots);
        }
        for (var text : STRANGE) {
            twice(arsenal, "id with strange characters", arsenal.id() + text, shots);
        }
        for (var blank : List.of("", " ", "\u200b", "\u00a0\t")) {
            shots.add(arsenal.shot("blank id", arsenal.caption(blank).build()).meets(Fate.UNHEARD));
        }
        shots.add(mismatch(arsenal, "no key", null));
        shots.add(mismatch(arsenal, "empty key", new byte[0]));
        shots.add(mismatch(arsenal, "another key", Shot.utf8("another")));
        shots.add(mismatch(arsenal, "key that is no UTF-8", new byte[] {(byte) 0xc3, 0x28, (byte) 0xff}));
        shots.add(mismatch(arsenal, "key of 100,000 bytes", "k".repeat(100_000).getBytes(StandardCharsets.UTF_8)));
        shots.add(mismatch(arsenal, "key of 3 MB", new byte[3 * 1024 * 1024]));
        shots.add(mismatch(arsenal, "somebody else's key", Shot.utf8(arsenal.someoneElsesId())));
        shots.add(arsenal.shot(
                        "somebody else's id",
                        arsenal.caption(arsenal.someoneElsesId()).build())
                .meets(Fate.UNHEARD));
        return shots.stream();
    }

    /** On two partitions: it is one request, also where it is rejected at once. */
    private static void twice(Arsenal arsenal, String kind, String id, List<Shot> shots) {
        var shot = arsenal.shot(kind, arsenal.caption(id).build());
        shots.add(shot.on(0));
        shots.add(shot.on(arsenal.partitions() - 1));
    }

    private static Shot mismatch(Arsenal arsenal, String kind, byte[] key) {
        return arsenal.shot(kind, arsenal.caption(arsenal.id()).build()).keyed(key);
    }
}

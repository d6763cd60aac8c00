package io.unifluid.hostile.attack;

import io.unifluid.schemas.Topics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Bytes that are no record of ours, or nearly one. */
final class Junk implements Attack {
    private static final List<String> WRITABLE =
            List.of(Topics.REQUESTS.name(), Topics.REQUESTS_INTERACTIVE.name(), Topics.CONTROLS.name());

    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        var shots = new ArrayList<Shot>();
        for (var topic : WRITABLE) {
            shots.add(Shot.of("tombstone", topic, arsenal.id(), null));
            shots.add(Shot.of("no bytes", topic, arsenal.id(), new byte[0]));
            shots.add(Shot.of("magic byte alone", topic, arsenal.id(), new byte[] {0}));
            shots.add(Shot.of("schema id cut short", topic, arsenal.id(), new byte[] {0, 0, 0}));
            shots.add(Shot.of("unknown schema id", topic, arsenal.id(), Registry.framed(999_999_999, new byte[40])));
            shots.add(Shot.of("negative schema id", topic, arsenal.id(), Registry.framed(-1, new byte[40])));
            shots.add(Shot.of("unknown schema GUID", topic, arsenal.id(), guid(arsenal.noise(16))));
            shots.add(Shot.of(
                    "noise",
                    topic,
                    arsenal.id(),
                    arsenal.noise(1 + arsenal.random().nextInt(4_000))));
            shots.add(Shot.of("another magic byte", topic, arsenal.id(), new byte[] {42, 0, 0, 0, 1, 2, 3}));
            shots.add(Shot.of("schema id of noise in a header", topic, arsenal.id(), arsenal.noise(64))
                    .with("__value_schema_id", arsenal.noise(arsenal.random().nextInt(20))));
        }
        var sound = arsenal.bytes(arsenal.caption("to-be-broken").build());
        for (int i = 0; i < 12; i++) {
            shots.add(broken(
                    "cut short",
                    arsenal,
                    Arrays.copyOf(sound, 5 + arsenal.random().nextInt(sound.length - 5))));
            shots.add(broken("bits flipped", arsenal, flipped(arsenal, sound)));
        }
        shots.add(broken("bytes behind the record", arsenal, Arrays.copyOf(sound, sound.length + 100)));
        return shots.stream();
    }

    /** What comes of it is anybody's guess: it may even be a request, under the id that its key does not name. */
    private static Shot broken(String kind, Arsenal arsenal, byte[] value) {
        return Shot.of(kind, arsenal.intake(), arsenal.id(), value);
    }

    private static byte[] flipped(Arsenal arsenal, byte[] sound) {
        var broken = sound.clone();
        for (int flips = 1 + arsenal.random().nextInt(8); flips > 0; flips--) {
            broken[5 + arsenal.random().nextInt(Math.min(200, broken.length - 5))] ^=
                    (byte) (1 << arsenal.random().nextInt(8));
        }
        return broken;
    }

    private static byte[] guid(byte[] guid) {
        return ByteBuffer.allocate(1 + guid.length + 8).put((byte) 1).put(guid).array();
    }
}

package io.unifluid.hostile.attack;

import io.unifluid.schemas.Control;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.Topics;
import java.util.ArrayList;
import java.util.stream.Stream;

/** Cancels of what is not the attacker's, does not exist, or is no cancel. */
final class Controls implements Attack {
    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        var shots = new ArrayList<Shot>();
        for (int i = 0; i < 20; i++) {
            var id = arsenal.someoneElsesId();
            shots.add(control(
                            "cancel of somebody else's request",
                            arsenal,
                            cancel(id).build())
                    .on(arsenal.random().nextInt(arsenal.partitions())));
        }
        for (int i = 0; i < 5; i++) {
            var id = arsenal.id();
            shots.add(control("cancel of nothing", arsenal, cancel(id).build()));
        }
        shots.add(control(
                "unknown control",
                arsenal,
                cancel(arsenal.id()).setKind(ControlKind.UNKNOWN).build()));
        shots.add(control("blank id in a cancel", arsenal, cancel(" ").build()));
        shots.add(control(
                "reason of 1 MB",
                arsenal,
                cancel(arsenal.id()).setReason("r".repeat(1 << 20)).build()));
        shots.add(control(
                "reason with escapes",
                arsenal,
                cancel(arsenal.id()).setReason("\u001b[2J\n\u202e").build()));
        shots.add(
                control("another key in a cancel", arsenal, cancel(arsenal.id()).build())
                        .keyed(Shot.utf8(arsenal.someoneElsesId())));
        shots.add(control("no key in a cancel", arsenal, cancel(arsenal.id()).build())
                .keyed(null));
        return shots.stream();
    }

    private static Control.Builder cancel(String id) {
        return Control.newBuilder().setRequestId(id).setTenant(Arsenal.TENANT).setKind(ControlKind.CANCEL);
    }

    private static Shot control(String kind, Arsenal arsenal, Control control) {
        return Shot.of(kind, Topics.CONTROLS.name(), control.getRequestId(), arsenal.bytes(control))
                .meets(Fate.UNHEARD);
    }
}

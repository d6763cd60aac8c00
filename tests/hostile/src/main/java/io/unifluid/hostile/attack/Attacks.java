package io.unifluid.hostile.attack;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Everything that a hostile tenant tries. */
public final class Attacks {
    private static final List<Attack> ALL = List.of(
            new Junk(),
            new Oversized(),
            new BatchBombs(),
            new WriterSchemas(),
            new Identities(),
            new Times(),
            new Fields(),
            new Texts(),
            new Controls(),
            new HeaderFloods(),
            new Addresses(),
            new BorrowedHashes(),
            new Pictures());

    /** The records of one round, each kind among the others, so that every one meets every other. */
    public static List<Shot> round(Arsenal arsenal) {
        var shots = new ArrayList<Shot>();
        ALL.forEach(attack -> attack.round(arsenal).forEach(shots::add));
        Collections.shuffle(shots, arsenal.random());
        return shots;
    }

    private Attacks() {}
}

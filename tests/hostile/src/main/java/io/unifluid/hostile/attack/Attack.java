package io.unifluid.hostile.attack;

import java.util.stream.Stream;

/** A kind of hostility. */
@FunctionalInterface
interface Attack {
    /** The records of one round; the same for the same arsenal, and others in the next round. */
    Stream<Shot> round(Arsenal arsenal);
}

package io.unifluid.testkit;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Pictures that somebody might send to do harm. All are worked on or refused as bad input; none may end a worker, hold a
 * thread or be tried again.
 */
public final class HostilePictures {
    private HostilePictures() {}

    /**
     * Sound pictures of six formats with damage done to them, format after format in turn, without end. The same seed
     * gives the same pictures in the same order.
     */
    public static Stream<HostilePicture> mutants(long seed) {
        return Stream.iterate(0L, number -> number + 1).map(number -> mutant(seed, number));
    }

    /** One of {@link #mutants}, from 0 on. */
    public static HostilePicture mutant(long seed, long number) {
        List<List<PictureSeeds.Sound>> formats = PictureSeeds.byFormat();
        List<PictureSeeds.Sound> format = formats.get((int) (number % formats.size()));
        RandomGenerator random = new java.util.Random(seed * 1_000_003 + number);
        PictureSeeds.Sound sound = format.get(random.nextInt(format.size()));
        PictureSeeds.Sound other = format.get(random.nextInt(format.size()));
        byte[] bytes = PictureMutation.mutated(sound.bytes(), other.bytes(), random);
        return new HostilePicture("mutant " + number + " of seed " + seed + ", from " + sound.name(), bytes);
    }

    /** Small files that ask for much time or memory, or lead a reader in circles; and the least that a file can be. */
    public static List<HostilePicture> bombs() {
        return PictureBombs.all();
    }
}

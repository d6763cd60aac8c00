package io.unifluid.hostile.attack;

import io.unifluid.testkit.HostilePicture;
import io.unifluid.testkit.HostilePictures;
import java.util.stream.Stream;

/** Pictures that are broken, or made to break who reads them. */
public final class Pictures implements Attack {
    /** What the kinds of all of them begin with. */
    public static final String KIND = "picture: ";

    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        var mutants = HostilePictures.mutants(arsenal.random().nextLong())
                .limit(arsenal.pictures())
                .map(picture -> shot(arsenal, KIND + "mutant", picture));
        var bombs = HostilePictures.bombs().stream().map(picture -> shot(arsenal, KIND + picture.name(), picture));
        return Stream.concat(mutants, bombs);
    }

    private static Shot shot(Arsenal arsenal, String kind, HostilePicture picture) {
        return arsenal.shot(
                kind,
                arsenal.caption(arsenal.id())
                        .setImage(arsenal.image(picture.bytes()))
                        .build());
    }
}

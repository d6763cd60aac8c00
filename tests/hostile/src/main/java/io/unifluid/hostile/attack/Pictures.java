package io.unifluid.hostile.attack;

import io.unifluid.testkit.HostilePictures;
import java.util.stream.Stream;

/** Pictures that are broken, or made to break who reads them. */
final class Pictures implements Attack {
    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        return HostilePictures.of(arsenal.random().nextLong()).stream(arsenal.pictures())
                .map(picture -> arsenal.shot(
                        "picture: " + picture.kind(),
                        arsenal.caption(arsenal.id())
                                .setImage(arsenal.image(picture.bytes()))
                                .build()));
    }
}

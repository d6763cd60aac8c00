package io.unifluid.hostile.attack;

import io.unifluid.blobs.BlobKey;
import io.unifluid.schemas.ImageRef;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The hash of a picture that others ask about, with an address that gives nothing, and with other bytes. */
final class BorrowedHashes implements Attack {
    private static final List<String> BROKEN =
            List.of("http://127.0.0.1:1/gone.png", "file:///gone.png", "s3://nowhere/gone.png");

    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        return IntStream.range(0, 20).boxed().flatMap(i -> {
            var scene = arsenal.scene();
            var key = BlobKey.of(scene);
            return Stream.of(
                    borrowed(
                            arsenal,
                            ImageRef.newBuilder()
                                    .setUri(BROKEN.get(i % BROKEN.size()))
                                    .setSha256(key.sha256Hex())
                                    .build()),
                    borrowed(
                            arsenal,
                            ImageRef.newBuilder().setUri(key.toUri().toString()).build()),
                    borrowed(
                            arsenal,
                            ImageRef.newBuilder()
                                    .setBytes(java.nio.ByteBuffer.wrap(arsenal.noise(500)))
                                    .setSha256(key.sha256Hex())
                                    .build()));
        });
    }

    private static Shot borrowed(Arsenal arsenal, ImageRef image) {
        return arsenal.shot(
                "somebody else's hash",
                arsenal.caption(arsenal.id()).setImage(image).build());
    }
}

package io.unifluid.hostile.attack;

import io.unifluid.schemas.ImageRef;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
            var hash = sha256(scene);
            return Stream.of(
                    borrowed(
                            arsenal,
                            ImageRef.newBuilder()
                                    .setUri(BROKEN.get(i % BROKEN.size()))
                                    .setSha256(hash)
                                    .build()),
                    borrowed(
                            arsenal,
                            ImageRef.newBuilder().setUri("blob:sha256/" + hash).build()),
                    borrowed(
                            arsenal,
                            ImageRef.newBuilder()
                                    .setBytes(java.nio.ByteBuffer.wrap(arsenal.noise(500)))
                                    .setSha256(hash)
                                    .build()));
        });
    }

    private static Shot borrowed(Arsenal arsenal, ImageRef image) {
        return arsenal.shot(
                "somebody else's hash",
                arsenal.caption(arsenal.id()).setImage(image).build());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}

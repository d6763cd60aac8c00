package io.unifluid.gateway.picture;

import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStores;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.config.LinkSettings;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Addresses of pictures that hold for some time and need no key: signed, so that nobody makes one up. The picture lies in
 * the workers' blob store. Thread-safe.
 */
@Singleton
public final class PictureLinks {
    static final String PATH = "/pictures/";

    private static final int SECRET_BYTES = 32;

    private final LinkSettings settings;
    private final byte[] secret;
    private final BlobStore store;

    PictureLinks(GatewaySettings settings) {
        this.settings = settings.links();
        this.secret = this.settings
                .secret()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .orElseGet(() -> {
                    var random = new byte[SECRET_BYTES];
                    new SecureRandom().nextBytes(random);
                    return random;
                });
        this.store = BlobStores.open(settings.cluster().blobs().orElseThrow());
    }

    /**
     * Puts the picture into the store and says where it is to be had.
     *
     * @param base of this gateway as the caller reaches it, without a slash at its end
     */
    public String link(byte[] png, String base) {
        return link(store.put(png), base);
    }

    /** Of one that lies in the store. */
    public String link(BlobKey picture, String base) {
        var name = picture.sha256Hex();
        long until = Instant.now().plus(settings.validity()).getEpochSecond();
        return base + PATH + name + ".png?until=" + until + "&signature=" + signature(name, until);
    }

    /** Nothing unless it was signed here and still holds. */
    Optional<byte[]> picture(String name, long until, String signature) {
        boolean signed = MessageDigest.isEqual(
                signature(name, until).getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8));
        return signed && Instant.now().getEpochSecond() <= until
                ? Optional.of(store.get(BlobKey.parse(BlobKey.URI_PREFIX + name)))
                : Optional.empty();
    }

    private String signature(String name, long until) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal((name + " " + until).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HmacSHA256.", e);
        }
    }

    @PreDestroy
    void close() {
        store.close();
    }
}

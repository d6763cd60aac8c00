package io.unifluid.gateway.webhook;

import io.unifluid.operations.tenants.WebhookChanges;
import io.unifluid.schemas.WebhookSecret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How deliveries are signed, after the Standard Webhooks specification: with every secret that holds. */
final class Signature {
    private Signature() {}

    /** The value of {@code webhook-signature}: one signature for each secret, while one takes another's place. */
    static String of(List<WebhookSecret> secrets, String id, long timestamp, String payload, Instant now) {
        var signed = (id + "." + timestamp + "." + payload).getBytes(StandardCharsets.UTF_8);
        return secrets.stream()
                .filter(secret -> secret.getUntil() == null || now.isBefore(secret.getUntil()))
                .map(secret -> "v1," + Base64.getEncoder().encodeToString(mac(secret.getSecret(), signed)))
                .collect(Collectors.joining(" "));
    }

    private static byte[] mac(String secret, byte[] signed) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(
                    Base64.getDecoder().decode(secret.substring(WebhookChanges.SECRET.length())), "HmacSHA256"));
            return mac.doFinal(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HmacSHA256.", e);
        }
    }
}

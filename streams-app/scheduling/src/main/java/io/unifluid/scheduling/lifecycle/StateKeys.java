package io.unifluid.scheduling.lifecycle;

import io.unifluid.scheduling.admission.ValidationLimits;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.CancelRequested;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Failed;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Forged;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Impossible;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Started;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Submitted;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Succeeded;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Tick;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;

/**
 * Under which key the state of a request is kept: its id, or a digest of it where it is longer than any that is accepted.
 * A cancel that waits for its request has a key of its own for each tenant, so that nobody's pushes out another's. A key
 * that is not an id is longer than any accepted id, so that it is nobody's id.
 *
 * <p>Thread-safe.
 */
public final class StateKeys {
    private static final String LONG_ID = "id:";
    private static final String CANCEL = "cancel:";

    private final int longestId;

    /** @param longestId in characters, as {@link ValidationLimits#maxIdChars()} */
    public StateKeys(int longestId) {
        this.longestId = longestId;
    }

    /** What an event of a request meets, in a store that gives null for what it does not hold. */
    public <S> Optional<S> find(String requestId, LifecycleEvent event, Function<String, S> store) {
        return Optional.ofNullable(store.apply(of(requestId)))
                .or(() -> sender(event).map(tenant -> store.apply(ofPendingCancel(tenant, requestId))));
    }

    private static Optional<String> sender(LifecycleEvent event) {
        return switch (event) {
            case Submitted submitted -> Optional.of(submitted.profile().tenant());
            case CancelRequested cancel -> Optional.of(cancel.tenant());
            case Started _, Succeeded _, Failed _, Forged _, Impossible _, Tick _ -> Optional.empty();
        };
    }

    /** Where a state is kept. */
    public String of(LifecycleState state) {
        return state.phase() == Phase.CANCEL_PENDING && state.tenant().isPresent()
                ? ofPendingCancel(state.tenant().get(), state.requestId())
                : of(state.requestId());
    }

    String of(String requestId) {
        return requestId.length() <= longestId ? requestId : longerThanIds(LONG_ID + digest(requestId, ""));
    }

    String ofPendingCancel(String tenant, String requestId) {
        return longerThanIds(CANCEL + digest(requestId, tenant));
    }

    private String longerThanIds(String key) {
        return key + ".".repeat(Math.max(0, longestId + 1 - key.length()));
    }

    /** Of two texts, so that no other two give the same bytes. */
    private static String digest(String one, String other) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            var first = one.getBytes(StandardCharsets.UTF_8);
            sha256.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(first.length).flip());
            sha256.update(first);
            return HexFormat.of().formatHex(sha256.digest(other.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}

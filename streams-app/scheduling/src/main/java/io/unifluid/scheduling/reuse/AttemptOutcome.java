package io.unifluid.scheduling.reuse;

import io.unifluid.scheduling.lifecycle.Effect;
import io.unifluid.scheduling.lifecycle.LifecycleState;
import io.unifluid.scheduling.lifecycle.Phase;
import io.unifluid.scheduling.lifecycle.Transition;
import io.unifluid.scheduling.task.FailureKind;
import java.util.Set;

/** How the attempt of a request ended, as far as others that wait for the same answer must know. */
public enum AttemptOutcome {
    /** It has an answer, which is theirs too. */
    SUCCEEDED,
    /** What it asks for cannot be computed, alone or not, so that it fails for them too. */
    FAILED_FOR_GOOD,
    /** It is handed out again at once: wait on. */
    AGAIN,
    /** It will not compute, or not soon, for reasons of its own: one of them does instead. */
    GONE;

    private static final Set<String> IN_ANY_BATCH =
            Set.of(FailureKind.BAD_INPUT.name(), FailureKind.UNKNOWN_MODEL.name());
    private static final Set<String> ISOLATED =
            Set.of(FailureKind.MODEL.name(), FailureKind.OUT_OF_MEMORY.name(), FailureKind.CRASH.name());

    /**
     * @param before the state whose attempt ends with {@code transition}
     * @param ownBytes a failure may lie in how the bytes of this request were to be had, not in what they are: then it
     *     says nothing about another one with the same content
     */
    public static AttemptOutcome of(LifecycleState before, Transition transition, boolean ownBytes) {
        for (Effect effect : transition.effects()) {
            if (effect instanceof Effect.Settle settle) {
                return switch (settle.status().cause()) {
                    case ANSWER -> SUCCEEDED;
                    case FAILURE -> !ownBytes && provenCulprit(before, settle.reasonKind()) ? FAILED_FOR_GOOD : GONE;
                    case CALL_OFF, REFUSAL -> GONE;
                };
            }
        }
        return transition
                .state()
                .filter(next -> next.phase() == Phase.SCHEDULED)
                .map(_ -> AGAIN)
                .orElse(GONE);
    }

    private static boolean provenCulprit(LifecycleState before, String reason) {
        return IN_ANY_BATCH.contains(reason) || (before.isolated() && ISOLATED.contains(reason));
    }
}

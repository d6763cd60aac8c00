package io.unifluid.scheduling.batching;

import java.time.Instant;

/** What to do with the requests that wait in a bucket. */
public sealed interface Decision {

    /** Close a batch now; {@link FairShare} says who is in it. */
    record Emit(EmitReason reason) implements Decision {}

    /** Ask again at this instant, or when another request comes. */
    record WaitUntil(Instant at) implements Decision {}
}

package io.unifluid.streams.lifecycle;

import io.unifluid.scheduling.lifecycle.TerminalStatus;
import io.unifluid.schemas.RequestState;
import io.unifluid.schemas.ResultStatus;
import java.util.Arrays;
import java.util.Optional;

/** What the ends of requests are called in results and on the status topic, and what stands for them in stored records. */
final class Ends {
    /** @param code one that was ever written keeps its meaning; not negative */
    private record Told(ResultStatus result, RequestState state, int code) {}

    private static Told of(TerminalStatus status) {
        return switch (status) {
            case SUCCEEDED -> new Told(ResultStatus.SUCCEEDED, RequestState.SUCCEEDED, 0);
            case FAILED -> new Told(ResultStatus.FAILED, RequestState.FAILED, 1);
            case EXPIRED -> new Told(ResultStatus.EXPIRED, RequestState.EXPIRED, 2);
            case CANCELLED -> new Told(ResultStatus.CANCELLED, RequestState.CANCELLED, 3);
            case REJECTED -> new Told(ResultStatus.REJECTED, RequestState.REJECTED, 4);
        };
    }

    static ResultStatus result(TerminalStatus status) {
        return of(status).result();
    }

    static RequestState state(TerminalStatus status) {
        return of(status).state();
    }

    static int code(TerminalStatus status) {
        return of(status).code();
    }

    static Optional<TerminalStatus> ofCode(int code) {
        return Arrays.stream(TerminalStatus.values())
                .filter(status -> code(status) == code)
                .findFirst();
    }

    private Ends() {}
}

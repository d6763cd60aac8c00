package io.unifluid.streams.event;

import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.WorkLane;
import java.util.Arrays;
import java.util.Optional;

/** What scheduling's lanes are outside of it: whose topic they write, and what stands for them in stored records. */
public final class Lanes {
    /** @param code one that was ever written keeps its meaning */
    private record Outside(WorkLane work, int code) {}

    private static Outside of(Lane lane) {
        return switch (lane) {
            case UNDERSTAND_INTERACTIVE -> new Outside(WorkLane.UNDERSTAND_INTERACTIVE, 0);
            case GENERATE_INTERACTIVE -> new Outside(WorkLane.GENERATE_INTERACTIVE, 1);
            case UNDERSTAND_BULK -> new Outside(WorkLane.UNDERSTAND_BULK, 2);
            case GENERATE_BULK -> new Outside(WorkLane.GENERATE_BULK, 3);
        };
    }

    public static WorkLane work(Lane lane) {
        return of(lane).work();
    }

    public static int code(Lane lane) {
        return of(lane).code();
    }

    public static Optional<Lane> ofCode(int code) {
        return Arrays.stream(Lane.values()).filter(lane -> code(lane) == code).findFirst();
    }

    private Lanes() {}
}

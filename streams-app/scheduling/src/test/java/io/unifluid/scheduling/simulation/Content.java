package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.task.Lane;
import io.unifluid.scheduling.task.WorkProfile;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What several requests ask for: the same bucket, cost and nature, in an interactive or a bulk lane. */
record Content(String key, Nature nature, List<Lane> lanes, String bucket, double cost) {
    static Content of(int number, Nature nature, World world) {
        boolean draws = world.chance(0.3);
        var lanes = draws
                ? List.of(Lane.GENERATE_INTERACTIVE, Lane.GENERATE_BULK)
                : List.of(Lane.UNDERSTAND_INTERACTIVE, Lane.UNDERSTAND_BULK);
        return new Content(
                "task|-|content-" + number,
                nature,
                lanes,
                "bucket-" + world.below(3),
                1 + world.below(draws ? 200 : 50));
    }

    WorkProfile profile(String id, String tenant, Lane lane, Optional<Instant> deadline) {
        return new WorkProfile(id, tenant, lane, bucket, cost, 300, deadline, Optional.of(key));
    }
}

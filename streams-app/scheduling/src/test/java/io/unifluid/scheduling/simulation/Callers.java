package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.admission.RejectKind;
import io.unifluid.scheduling.admission.Rejection;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.CancelRequested;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Forged;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Submitted;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Succeeded;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.scheduling.task.WorkProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Send requests in bursts, some of them twice, cancel some at any time, also before they arrive. */
final class Callers {
    private final World world;
    private final Promise promise;
    private final Map<String, Nature> natures;
    private final List<Content> contents = new ArrayList<>();
    private int sent;

    Callers(World world, Promise promise, Map<String, Nature> natures) {
        this.world = world;
        this.promise = promise;
        this.natures = natures;
    }

    void keepSendingWhile(BooleanSupplier more) {
        if (!more.getAsBoolean()) {
            return;
        }
        int burst = world.chance(0.02) ? 500 : 1 + world.below(5);
        for (int i = 0; i < burst; i++) {
            send("r-" + sent++);
        }
        world.after(burst * 20L, () -> keepSendingWhile(more));
    }

    private void send(String id) {
        boolean shared = world.chance(0.4);
        Content content = shared ? content() : null;
        Nature nature = shared ? content.nature() : nature();
        WorkProfile profile =
                shared ? content.profile(id, tenant(), content.lanes().get(world.below(2)), deadline()) : profile(id);
        natures.put(id, nature);
        promise.asked(profile, nature);
        Optional<Rejection> rejection = nature == Nature.INVALID
                ? Optional.of(new Rejection(RejectKind.BAD_PROMPT, "The prompt is blank: say something."))
                : Optional.empty();
        Submitted submitted = new Submitted(profile, rejection);
        world.send(id, submitted);
        if (world.chance(0.03)) {
            world.after(world.below(600_000), () -> world.send(id, submitted));
        }
        if (world.chance(0.05)) {
            promise.cancelled(id, profile.tenant());
            cancelSoon(id, profile.tenant());
        }
        if (world.chance(0.05)) {
            beStrangerTo(profile, nature, rejection);
        }
        if (world.chance(0.005)) {
            world.send("nobody-" + id, new CancelRequested("nobody-" + id, "archive", "a typing error"));
            world.send("nobody-" + id, new CancelRequested("nobody-" + id, "archive", "a typing error"));
            world.send("somebody-" + id, new Succeeded(1));
        }
    }

    private void cancelSoon(String id, String tenant) {
        world.after(
                world.below(world.chance(0.5) ? 100 : 60_000),
                () -> world.send(id, new CancelRequested(id, tenant, "not needed any more")));
    }

    /** Another tenant that knows the id: asks with it, cancels it, reports on it, at any time. */
    private void beStrangerTo(WorkProfile victim, Nature nature, Optional<Rejection> rejection) {
        String id = victim.requestId();
        if (world.chance(0.3)) {
            WorkProfile same = new WorkProfile(
                    id,
                    "stranger",
                    victim.lane(),
                    victim.bucket(),
                    victim.cost(),
                    victim.bytes(),
                    victim.deadline(),
                    victim.computationKey());
            promise.asked(same, nature);
            world.after(world.below(2_000), () -> world.send(id, new Submitted(same, rejection)));
        }
        if (world.chance(0.5)) {
            cancelSoon(id, "passer-by");
        }
        if (world.chance(0.5)) {
            world.after(world.below(world.chance(0.5) ? 300 : 60_000), () -> world.send(id, new Forged()));
        }
    }

    private Nature nature() {
        if (world.chance(0.001)) {
            return Nature.POISON;
        }
        if (world.chance(0.01)) {
            return Nature.BAD;
        }
        return world.chance(0.01) ? Nature.INVALID : Nature.HEALTHY;
    }

    /** One of the latest, so that many requests ask for it within its retention, or a new one. */
    private Content content() {
        if (contents.isEmpty() || world.chance(0.2)) {
            Nature nature = nature();
            contents.add(Content.of(contents.size(), nature == Nature.INVALID ? Nature.HEALTHY : nature, world));
        }
        return contents.get(contents.size() - 1 - world.below(Math.min(30, contents.size())));
    }

    private String tenant() {
        return world.chance(0.7) ? "archive" : "tenant-" + world.below(20);
    }

    private Optional<Instant> deadline() {
        return world.chance(0.2) ? Optional.of(world.now().plusMillis(world.below(120_000))) : Optional.empty();
    }

    private WorkProfile profile(String id) {
        Lane lane = Lane.values()[world.below(Lane.values().length)];
        String tenant = tenant();
        double cost = 1 + world.below(lane == Lane.UNDERSTAND_BULK || lane == Lane.UNDERSTAND_INTERACTIVE ? 50 : 200);
        long bytes = world.chance(0.3) ? world.below(250_000) : 300;
        Optional<Instant> deadline = deadline();
        return new WorkProfile(id, tenant, lane, "bucket-" + world.below(3), cost, bytes, deadline, Optional.empty());
    }
}

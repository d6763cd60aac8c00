package io.unifluid.streams.workers;

import io.unifluid.scheduling.admission.RunningModels;
import io.unifluid.scheduling.task.RunningModel;
import io.unifluid.schemas.ModelNames;
import io.unifluid.schemas.WorkerAnnouncement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which workers run, by their own announcements. A worker counts for as long as its last announcement is valid, by this
 * process's clock from the moment it came, so that a worker's clock may be wrong; what lay in the topic before this
 * process read it is as old as it says. Thread-safe.
 */
public final class RunningWorkers {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    private record Heard(RunningModel model, Instant saidAt, Instant cameAt, Instant validUntil) {
        /** Whether the next one comes about as long after this one as it was said after it: what is read up comes at once. */
        boolean followedLive(Instant nextSaidAt, Instant now) {
            return Duration.between(cameAt, now).multipliedBy(2).compareTo(Duration.between(saidAt, nextSaidAt)) >= 0;
        }
    }

    private record View(RunningModels models, int workers, Instant from, Instant until) {}

    private final Map<String, Heard> workers = new HashMap<>();
    private View view = new View(RunningModels.NONE, 0, Instant.MAX, Instant.MIN);

    /** A worker said that it runs. */
    public synchronized void heard(WorkerAnnouncement said, Instant now) {
        var known = workers.get(said.getWorker());
        var model = model(said);
        if (known != null
                && known.saidAt().equals(said.getAt())
                && known.model().equals(model)) {
            return;
        }
        boolean live = known != null && known.followedLive(said.getAt(), now);
        var heardAt = live || said.getAt().isAfter(now) ? now : said.getAt();
        var validFor = Duration.ofMillis(Math.clamp(said.getValidForMillis(), SHORTEST.toMillis(), LONGEST.toMillis()));
        workers.put(said.getWorker(), new Heard(model, said.getAt(), now, heardAt.plus(validFor)));
        changed(now);
    }

    /** A worker said that it has ended. */
    synchronized void gone(String worker, Instant now) {
        workers.remove(worker);
        changed(now);
    }

    /** What runs now. */
    public synchronized RunningModels models(Instant now) {
        return view(now).models();
    }

    /** How many workers run now. */
    public synchronized int count(Instant now) {
        return view(now).workers();
    }

    private void changed(Instant now) {
        workers.values().removeIf(heard -> heard.cameAt().plus(LONGEST).isBefore(now));
        view = new View(RunningModels.NONE, 0, Instant.MAX, Instant.MIN);
    }

    /** Looked up for every request, and the same until somebody says something or is silent for too long. */
    private View view(Instant now) {
        if (!now.isBefore(view.from()) && now.isBefore(view.until())) {
            return view;
        }
        var models = new HashSet<RunningModel>();
        var until = Instant.MAX;
        int running = 0;
        for (var heard : workers.values()) {
            if (now.isBefore(heard.validUntil())) {
                models.add(heard.model());
                running++;
                until = heard.validUntil().isBefore(until) ? heard.validUntil() : until;
            }
        }
        view = new View(new RunningModels(models.stream().toList()), running, now, until);
        return view;
    }

    private static RunningModel model(WorkerAnnouncement said) {
        return new RunningModel(
                ModelNames.identity(said.getModel()), ModelNames.of(said.getModel()), Set.copyOf(said.getTasks()));
    }
}

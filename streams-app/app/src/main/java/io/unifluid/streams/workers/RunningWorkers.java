package io.unifluid.streams.workers;

import io.unifluid.scheduling.admission.RunningModels;
import io.unifluid.scheduling.task.Buckets;
import io.unifluid.scheduling.task.RunningModel;
import io.unifluid.schemas.ModelNames;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.schemas.WorkerPresence;
import java.time.Instant;
import java.util.Set;

/** Which models run, by the workers' announcements as {@link WorkerPresence} judges them. Thread-safe. */
public final class RunningWorkers {
    private record View(RunningModels models, int workers, Instant from, Instant until) {
        static final View NONE = new View(RunningModels.NONE, 0, Instant.MAX, Instant.MIN);
    }

    private final WorkerPresence presence = new WorkerPresence();
    private View view = View.NONE;
    private RunningModels latest = RunningModels.NONE;

    /** A worker said that it runs. */
    public synchronized void heard(WorkerAnnouncement said, Instant now) {
        if (presence.heard(said, now)) {
            view = View.NONE;
        }
    }

    /** A worker said that it has ended. */
    synchronized void gone(String worker, Instant now) {
        view(now);
        presence.gone(worker, now);
        view = View.NONE;
    }

    /** What runs now. */
    public synchronized RunningModels models(Instant now) {
        return view(now).models();
    }

    /** The share group that runs a bucket. While nobody runs, it is looked for among those who ran last: they may come again. */
    public synchronized String group(Buckets.Needs needs, Instant now) {
        var running = view(now).models();
        return (running.models().isEmpty() ? latest : running).group(needs);
    }

    /** How many workers run now. */
    public synchronized int count(Instant now) {
        return view(now).workers();
    }

    /** Looked up for every request, and the same until somebody says something or is silent for too long. */
    private View view(Instant now) {
        if (now.isBefore(view.from()) || !now.isBefore(view.until())) {
            var running = presence.running(now);
            var models = running.workers().stream()
                    .map(RunningWorkers::model)
                    .distinct()
                    .toList();
            view = new View(new RunningModels(models), running.workers().size(), now, running.until());
            if (!models.isEmpty()) {
                latest = view.models();
            }
        }
        return view;
    }

    private static RunningModel model(WorkerAnnouncement said) {
        return new RunningModel(
                ModelNames.identity(said.getModel()),
                ModelNames.of(said.getModel()),
                Set.copyOf(said.getTasks()),
                said.getGroup());
    }
}

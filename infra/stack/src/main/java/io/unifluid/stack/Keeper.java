package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keeps one component of the stack alive: starts it, learns of its end from the operating system, and starts it again as
 * {@link Restarts} says, until {@link #stop}. Each component has a keeper and a thread of its own, so that nobody waits
 * for another one's start but those who need it.
 */
final class Keeper {
    /** A port that was the component's own a moment ago is free soon, or somebody else has taken it. */
    private static final Duration PORT_FREE_WITHIN = Duration.ofSeconds(10);

    private final Component component;
    private final Map<Port, Integer> ports;
    private final List<Keeper> needed;
    private final Supplier<ChildProcess> launch;
    private final Consumer<ChildProcess> awaitServing;
    private final Consumer<String> news;
    private ChildProcess child;
    private boolean serves;
    /** Whether the last start was ended by this keeper, since it did not serve in time. */
    private boolean tooSlow;

    private boolean stopped;

    /**
     * @param ports on which it listens
     * @param needed what must serve before it can be started again
     * @param launch starts its process
     * @param awaitServing returns when the process serves; an {@link EnvironmentProblem} when it ends instead, or takes
     *     too long
     * @param news one line for people whenever it ends and serves again
     */
    Keeper(
            Component component,
            Map<Port, Integer> ports,
            List<Keeper> needed,
            Supplier<ChildProcess> launch,
            Consumer<ChildProcess> awaitServing,
            Consumer<String> news) {
        this.component = component;
        this.ports = Map.copyOf(ports);
        this.needed = List.copyOf(needed);
        this.launch = launch;
        this.awaitServing = awaitServing;
        this.news = news;
    }

    Component component() {
        return component;
    }

    /** Of the process that runs or ran last; empty before there is one. */
    synchronized OptionalLong pid() {
        return child == null ? OptionalLong.empty() : OptionalLong.of(child.pid());
    }

    synchronized boolean isAlive() {
        return child != null && child.isAlive();
    }

    /**
     * Returns when it serves. A process that a signal ends meanwhile is started again; one that ends by itself is not,
     * since it would say the same once more.
     *
     * @throws EnvironmentProblem in one sentence, when it does not come up
     */
    void start() {
        for (var restarts = Restarts.NONE; ; ) {
            try {
                serve();
                return;
            } catch (EnvironmentProblem e) {
                restarts = restarts.failedAgain();
                if (!endedBySignal() || restarts.pause().isEmpty()) {
                    throw e;
                }
                announce(e.getMessage(), restarts);
                pause(restarts);
            }
        }
    }

    /**
     * Starts it again whenever it ends; to be called after {@link #start}. Returns when it is stopped.
     *
     * @param servesAgain called whenever it does
     * @throws EnvironmentProblem in one sentence, when there is no point in another start
     */
    void keep(Runnable servesAgain) {
        while (awaitEnd()) {
            var why = "The " + current().ending() + ".";
            var restarts = Restarts.NONE;
            for (boolean again = false; !again; ) {
                announce(why, restarts);
                pause(restarts);
                long began = System.nanoTime();
                try {
                    for (var other : needed) {
                        other.awaitServing();
                    }
                    serve();
                    again = true;
                } catch (EnvironmentProblem e) {
                    if (isStopped()) {
                        return;
                    }
                    restarts = restarts.failedAgain();
                    why = e.getMessage();
                    if (restarts.pause().isEmpty()) {
                        throw new EnvironmentProblem(
                                "The " + component.title() + " was started " + Restarts.MOST
                                        + " times in a row and never served. The last time: " + why,
                                e);
                    }
                }
                if (again) {
                    news.accept(String.format(
                            Locale.ROOT,
                            "the %s serves again after %.1f s",
                            component.title(),
                            (System.nanoTime() - began) / 1e9));
                    servesAgain.run();
                }
            }
        }
    }

    /** Asks its process to stop, waits, and then stops it the hard way; it is not started again. */
    void stop(Duration patience) {
        ChildProcess last;
        synchronized (this) {
            stopped = true;
            notifyAll();
            last = child;
        }
        if (last != null) {
            last.stop(patience);
        }
    }

    private void serve() {
        PortCheck.awaitFree(ports, PORT_FREE_WITHIN);
        var started = launch();
        try {
            awaitServing.accept(started);
        } catch (EnvironmentProblem e) {
            synchronized (this) {
                tooSlow = started.isAlive();
            }
            started.kill();
            throw e;
        }
        synchronized (this) {
            serves = true;
            notifyAll();
        }
    }

    private synchronized ChildProcess launch() {
        if (stopped) {
            throw new EnvironmentProblem("The stack was stopped while it was starting.");
        }
        child = launch.get();
        return child;
    }

    private synchronized void awaitServing() {
        try {
            while (!serves && !stopped) {
                wait();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Returns as soon as the process has ended by itself; false when it was stopped. */
    private boolean awaitEnd() {
        try {
            current().onEnd().get();
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        synchronized (this) {
            serves = false;
            return !stopped;
        }
    }

    private synchronized ChildProcess current() {
        return child;
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    private synchronized boolean endedBySignal() {
        return !stopped
                && !tooSlow
                && child != null
                && !child.isAlive()
                && child.exitStatus().isSignal();
    }

    private void announce(String why, Restarts restarts) {
        news.accept(why + " Starting it again"
                + (restarts.failed() == 0 ? "." : " (" + restarts.failed() + " of " + Restarts.MOST + " in vain)."));
    }

    private void pause(Restarts restarts) {
        try {
            Thread.sleep(restarts.pause().orElseThrow());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static EnvironmentProblem interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new EnvironmentProblem("Interrupted while the stack was running.", e);
    }
}

package io.unifluid.cli;

import io.unifluid.client.Cluster;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.families.Models;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.stack.LocalStack;
import io.unifluid.stack.RunningStack;
import io.unifluid.stack.StackLock;
import io.unifluid.stack.StackSettings;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The cluster of the stack that runs already, or of one that is started for this command alone and stopped with it. */
final class LocalCluster implements AutoCloseable {
    private final Screen screen;
    private final Optional<LocalStack> own;
    private final Cluster cluster;
    private final CompletableFuture<EnvironmentProblem> failure;
    private Optional<CompletableFuture<Void>> stop;

    private LocalCluster(
            Screen screen, Cluster cluster, Optional<LocalStack> own, Optional<CompletableFuture<Void>> stop) {
        this.screen = screen;
        this.cluster = cluster;
        this.own = own;
        this.failure = own.map(LocalStack::failure).orElseGet(CompletableFuture::new);
        this.stop = stop;
    }

    /**
     * Says first what the model is for, where somebody watches.
     *
     * @throws EnvironmentProblem when the stack does not come up, or the running one runs another model
     */
    static LocalCluster open(StackOptions options, Screen screen) {
        var settings = options.settings();
        var running = StackLock.running(settings.data());
        running.ifPresent(stack -> requireModel(options, settings, stack));
        if (screen.terminal()) {
            purpose(running.map(RunningStack::model).orElse(settings.model())).ifPresent(screen::note);
        }
        return running.map(stack -> new LocalCluster(
                        screen,
                        cluster(stack.bootstrapServers(), stack.registryUrl(), stack.blobs()),
                        Optional.empty(),
                        Optional.empty()))
                .orElseGet(() -> started(screen, settings));
    }

    private static LocalCluster started(Screen screen, StackSettings settings) {
        var stack = LocalStack.prepare(settings, line -> screen.note("  " + line));
        var stop = Interruption.ofThisProcess().listen();
        var whileStarting = stop.thenRun(stack::close);
        try {
            stack.start();
            whileStarting.cancel(false);
            var cluster = cluster(
                    settings.bootstrapServers(),
                    settings.registryUrl(),
                    settings.blobs().toString());
            return new LocalCluster(screen, cluster, Optional.of(stack), Optional.of(stop));
        } catch (RuntimeException e) {
            stack.close();
            Interruption.ofThisProcess().ignore();
            throw e;
        }
    }

    /** Of a bundle that can be read and says so. */
    private static Optional<String> purpose(String model) {
        try {
            return Models.card(model).purpose();
        } catch (BundleException e) {
            return Optional.empty(); // said by whoever starts it
        }
    }

    Cluster cluster() {
        return cluster;
    }

    /** Completes when the user wants no more. Until it is asked for, Control-C ends the process where it stands. */
    CompletableFuture<Void> stop() {
        if (stop.isEmpty()) {
            stop = Optional.of(Interruption.ofThisProcess().listen());
        }
        return stop.get();
    }

    /** Completes when a stack of this command alone has failed. */
    CompletableFuture<EnvironmentProblem> failure() {
        return failure;
    }

    @Override
    public void close() {
        own.ifPresent(stack -> {
            screen.note("  stopping the stack");
            stack.close();
        });
        Interruption.ofThisProcess().ignore();
    }

    private static Cluster cluster(String bootstrapServers, String registryUrl, String blobs) {
        return new Cluster(bootstrapServers, registryUrl, Map.of(), Optional.of(blobs));
    }

    private static void requireModel(StackOptions options, StackSettings settings, RunningStack running) {
        if (options.model().isPresent() && !settings.model().equals(running.model())) {
            throw new EnvironmentProblem("The running stack runs " + running.model() + ", not " + settings.model()
                    + ": leave --model away, or stop it with './unifluid down' first.");
        }
    }
}

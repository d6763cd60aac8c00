package io.unifluid.bench;

import io.unifluid.client.Request;
import io.unifluid.client.UniFluidClient;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.stack.Component;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How soon the local stack serves again by itself after one of its processes was killed (SIGKILL): the process has been
 * replaced and serves, and a caption that was asked for at once is there. With the reference model.
 */
final class RestartBench {
    private static final int ROUNDS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long LOOK_MS = 50;

    private RestartBench() {}

    /** Seconds of each round, from the kill. */
    static Map<Component, List<Double>> measure(Path checkout, SamplePictures pictures) throws Exception {
        var seconds = new EnumMap<Component, List<Double>>(Component.class);
        FreshStack.start(checkout, "restarts", Optional.empty()).close(); // fills the caches, as any earlier day has
        try (var stack = FreshStack.start(checkout, "restarts", Optional.empty());
                var client = stack.client()) {
            var requests = new PictureRequests(pictures, "restarts", Priority.INTERACTIVE);
            caption(client, requests); // so that the client knows its cluster
            for (int round = 0; round < ROUNDS; round++) {
                for (var victim : stack.components()) {
                    long killed = stack.pid(victim);
                    long at = System.nanoTime();
                    ProcessHandle.of(killed).orElseThrow().destroyForcibly();
                    caption(client, requests);
                    double answered = (System.nanoTime() - at) / 1e9;
                    awaitAnother(stack, victim, killed);
                    double replaced = (System.nanoTime() - at) / 1e9;
                    System.out.printf(
                            Locale.ROOT,
                            "%s killed: a caption after %.1f s, replaced after %.1f s%n",
                            victim.title(),
                            answered,
                            replaced);
                    seconds.computeIfAbsent(victim, each -> new ArrayList<>()).add(Math.max(answered, replaced));
                }
            }
        }
        return seconds;
    }

    private static void caption(UniFluidClient client, PictureRequests requests) throws Exception {
        var result = client.submit(Request.of(requests.next(), CaptionOutput.class))
                .result()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (result.getStatus() != ResultStatus.SUCCEEDED) {
            throw new IllegalStateException("A request did not succeed: " + result.getError());
        }
    }

    private static void awaitAnother(FreshStack stack, Component victim, long killed) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (stack.pid(victim) == killed) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("The " + victim.title() + " was not replaced within " + PATIENCE + ".");
            }
            Thread.sleep(LOOK_MS);
        }
    }
}

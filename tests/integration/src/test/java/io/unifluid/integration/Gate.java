package io.unifluid.integration;

import io.unifluid.testkit.Await;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Holds the device while it runs a prompt that begins with "hold", until it is let go. */
final class Gate {
    private final Semaphore passes = new Semaphore(0);
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    void hold(String prompt) {
        if (!prompt.startsWith("hold")) {
            return;
        }
        held.add(prompt);
        try {
            if (!passes.tryAcquire(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("Nobody let '" + prompt + "' go.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean holds(String prompt) {
        return held.contains(prompt);
    }

    void letOneGo() {
        passes.release();
    }
}

package io.unifluid.blobs.fetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Turns a host name, or an address in brackets-free text, into addresses. */
@FunctionalInterface
interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;

    /**
     * Resolving cannot be interrupted and has no time limit of its own, so it gets a thread that can be left behind.
     *
     * @param host as a URI has it, an address of IPv6 in brackets
     */
    default InetAddress[] within(String host, Deadline deadline) throws IOException {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        FutureTask<InetAddress[]> lookup = new FutureTask<>(() -> resolve(bare));
        Thread.ofPlatform().daemon().name("resolve-" + bare).start(lookup);
        try {
            return lookup.get(deadline.remainingMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the thread was interrupted", e);
        } catch (TimeoutException e) {
            throw new IOException("its name was not resolved in time", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnknownHostException unknown
                    ? unknown
                    : new IOException("its name could not be resolved", e.getCause());
        }
    }
}

package io.unifluid.bench;

import io.unifluid.schemas.Priority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** What a tenant who waits for each answer notices of another tenant's bulk: the no-op model, everything here. */
final class BacklogBench {
    private static final int WARM_UP = 10_000;
    private static final Duration WARM_UP_TIME = Duration.ofSeconds(5);
    private static final Duration MEASURED_TIME = Duration.ofSeconds(30);
    /** The share of the backlog that must still be there when an interactive request is sent. */
    private static final double LEAST_SHARE = 0.2;

    private BacklogBench() {}

    /**
     * @param idle with nothing else under way, before and after the backlog
     * @param whileReadIn from the last bulk request sent until the streams app had read them all
     * @param behind after that, while the backlog waited for workers
     * @param depthAtFirst bulk requests without a result when the first of these was sent
     * @param depthAtLast when the last one had its result
     * @param bulkPerSecond how fast the backlog went meanwhile, from its first request on
     */
    record Measured(
            Latencies idle,
            Latencies whileReadIn,
            Latencies behind,
            int depthAtFirst,
            int depthAtLast,
            double bulkPerSecond) {}

    static Measured measure(Path checkout, SamplePictures pictures, int backlog) throws Exception {
        try (var stack = FreshStack.start(checkout, "backlog");
                var archive = stack.client();
                var visitor = stack.client()) {
            var bulk = new Load(archive, new PictureRequests(pictures, "archive", Priority.BULK)::next, backlog);
            var interactive = new SteadyRate(visitor, new PictureRequests(pictures, "visitor", Priority.INTERACTIVE));
            bulk.send(Math.min(backlog, WARM_UP));
            bulk.awaitAll();
            interactive.send(WARM_UP_TIME, () -> true);

            var before = interactive.send(MEASURED_TIME, () -> true);
            System.out.println("idle, before: " + before);

            int done = bulk.finished();
            double admitted = stack.streamsMeter("unifluid_requests_received_total");
            long start = System.nanoTime();
            bulk.send(backlog);
            System.out.printf(
                    Locale.ROOT,
                    "bulk: %d sent; %d have no result, %.0f of these the streams app has not read%n",
                    backlog,
                    bulk.unfinished(),
                    backlog - (stack.streamsMeter("unifluid_requests_received_total") - admitted));
            var reading = interactive.send(
                    MEASURED_TIME, () -> stack.streamsMeter("unifluid_requests_received_total") - admitted < backlog);
            System.out.println("while the bulk is read in: " + reading);
            int first = bulk.unfinished();
            var behind = interactive.send(MEASURED_TIME, () -> bulk.unfinished() >= backlog * LEAST_SHARE);
            int last = bulk.unfinished();
            System.out.println("behind the bulk: " + behind);
            bulk.awaitAll();
            double seconds = (System.nanoTime() - start) / 1e9;

            var after = interactive.send(MEASURED_TIME, () -> true);
            System.out.println("idle, after: " + after);
            return new Measured(before.and(after), reading, behind, first, last, (bulk.finished() - done) / seconds);
        }
    }
}

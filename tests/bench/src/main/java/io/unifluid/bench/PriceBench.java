package io.unifluid.bench;

import io.unifluid.client.UniFluidClient;
import io.unifluid.schemas.Priority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one bulk request costs on the no-op model: records and bytes in the broker's logs, processor time over all processes
 * beside an earlier build's, and the rate beside that of a bare pass-through on the same broker.
 */
final class PriceBench {
    private static final int WARM_UP = 2_000;
    private static final int ROUNDS = 3;
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private PriceBench() {}

    /**
     * @param byTopic records for each request, markers among them
     * @param pictures how often each picture's bytes were written
     */
    record Written(Map<String, Double> byTopic, double pictures) {
        double records() {
            return byTopic.values().stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    /**
     * @param path requests a second on the whole path, of each round
     * @param bare requests a second of the pass-through
     */
    record Rates(List<Double> path, List<Double> bare) {}

    /** @param requests bulk requests, all sent at once */
    static Written records(Path checkout, SamplePictures pictures, int requests) throws Exception {
        try (var stack = FreshStack.start(checkout, "price");
                var client = stack.client()) {
            send(client, pictures, WARM_UP);
            Thread.sleep(SETTLED);
            var logs = stack.logs();
            var slices = new PictureSlices(pictures);
            var before = count(logs);
            long copies = copies(logs, slices);
            send(client, pictures, requests);
            Thread.sleep(SETTLED);
            var byTopic = new TreeMap<String, Double>();
            count(logs).forEach((topic, count) -> {
                long more = count - before.getOrDefault(topic, 0L);
                if (more > 0) {
                    byTopic.put(topic, more / (double) requests);
                }
            });
            return new Written(byTopic, (copies(logs, slices) - copies) / (double) requests);
        }
    }

    /** Milliseconds of processor time for each request, over all processes but this one, of each round. */
    static List<Double> processorTime(Path checkout, SamplePictures pictures, int requests) throws Exception {
        try (var stack = FreshStack.start(checkout, "price");
                var client = stack.client()) {
            PathBench.warmUp(() -> send(client, pictures, WARM_UP));
            var rounds = new ArrayList<Double>();
            for (int round = 0; round < ROUNDS; round++) {
                var before = ProcessorTime.now();
                send(client, pictures, requests);
                var used = ProcessorTime.now();
                System.out.println("processor milliseconds per request: " + used.since(before, requests));
                rounds.add(used.ofChildrenSince(before).toNanos() / 1e6 / requests);
            }
            return rounds;
        }
    }

    static Rates rates(Path checkout, SamplePictures pictures, int requests) throws Exception {
        try (var stack = FreshStack.start(checkout, "price");
                var client = stack.client();
                var bare = new PassThrough(stack)) {
            PathBench.warmUp(() -> send(client, pictures, WARM_UP));
            PathBench.warmUp(() -> bare.perSecond(new PictureRequests(pictures, "bare", Priority.BULK), 10 * WARM_UP));
            var path = new ArrayList<Double>();
            var passed = new ArrayList<Double>();
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                send(client, pictures, requests);
                path.add(requests / ((System.nanoTime() - start) / 1e9));
                passed.add(bare.perSecond(new PictureRequests(pictures, "bare", Priority.BULK), requests));
            }
            return new Rates(path, passed);
        }
    }

    private static void send(UniFluidClient client, SamplePictures pictures, int count) throws InterruptedException {
        var load = new Load(client, new PictureRequests(pictures, "price", Priority.BULK)::next, count);
        load.send(count);
        load.awaitAll();
    }

    private static Map<String, Long> count(LogFiles logs) {
        var counts = new TreeMap<String, Long>();
        logs.topics().forEach(topic -> counts.put(topic, logs.count(topic)));
        return counts;
    }

    private static long copies(LogFiles logs, PictureSlices slices) {
        return logs.topics().stream()
                .mapToLong(topic -> logs.sum(topic, slices::in))
                .sum();
    }
}

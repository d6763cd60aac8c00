package io.unifluid.bench;

import io.unifluid.client.Request;
import io.unifluid.client.UniFluidClient;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.ResultStatus;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;

/**
 * How long one interactive request takes where nothing else is under way, beside the least that a transaction takes on
 * the same broker, alternately; and where the time goes.
 */
final class LatencyBench {
    private static final int WARM_UP = 100;
    private static final int ROUNDS = 5;
    private static final int A_ROUND = 50;

    private LatencyBench() {}

    /**
     * @param requests milliseconds from sending to the visible result, one after the other
     * @param transactions milliseconds of one round trip each: produce, commit, read_committed
     * @param stages milliseconds of the way's parts in their order, medians
     */
    record Measured(List<Double> requests, List<Double> transactions, Map<String, Double> stages) {
        /** The median of each round's own ratio of medians, so that a noisy moment harms both. */
        double ratio() {
            var ratios = new ArrayList<Double>();
            for (int round = 0; round < ROUNDS; round++) {
                ratios.add(median(round(requests, round)) / median(round(transactions, round)));
            }
            return median(ratios);
        }

        private static List<Double> round(List<Double> all, int round) {
            return all.subList(round * A_ROUND, (round + 1) * A_ROUND);
        }
    }

    static Measured measure(Path checkout, SamplePictures pictures) throws Exception {
        try (var stack = FreshStack.start(checkout, "latency");
                var client = stack.client();
                var transactions = new TransactionRoundTrip(stack.adminSettings())) {
            var requests = new PictureRequests(pictures, "visitor", Priority.INTERACTIVE);
            for (int i = 0; i < WARM_UP; i++) {
                transactions.millis();
                send(client, requests);
            }
            var sent = new ArrayList<Timeline.Sent>();
            var trips = new ArrayList<Double>();
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < A_ROUND; i++) {
                    sent.add(send(client, requests));
                }
                for (int i = 0; i < A_ROUND; i++) {
                    trips.add(transactions.millis());
                }
            }
            var stages = Timeline.read(stack, sent);
            return new Measured(sent.stream().map(Timeline.Sent::millis).toList(), trips, stages);
        }
    }

    private static Timeline.Sent send(UniFluidClient client, PictureRequests requests) throws Exception {
        var request = requests.next();
        var at = Instant.now();
        long start = System.nanoTime();
        InferenceResult result = client.submit(Request.of(request, SpecificRecord.class))
                .result()
                .get(1, TimeUnit.MINUTES);
        double millis = (System.nanoTime() - start) / 1e6;
        if (result.getStatus() != ResultStatus.SUCCEEDED) {
            throw new IllegalStateException("A request did not succeed: " + result.getError());
        }
        return new Timeline.Sent(request.getRequestId(), at, millis);
    }

    static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}

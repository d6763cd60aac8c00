package io.unifluid.testkit;

import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.reading.TopicFollower;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.serialization.Deserializer;

/** Every visible result since it was opened, by request id and in order of arrival. */
final class ResultCollector implements AutoCloseable {
    private final Map<String, List<InferenceResult>> results = new HashMap<>();
    private final TopicFollower reader;
    private final UnaryOperator<String> trail;
    private int count;

    /** @param trail of a request that has no result: where its records lie */
    ResultCollector(
            String bootstrapServers,
            Map<String, String> client,
            Deserializer<InferenceResult> deserializer,
            UnaryOperator<String> trail) {
        this.trail = trail;
        this.reader = TestClient.follow(
                bootstrapServers,
                client,
                Topics.RESULTS.name(),
                record -> add(deserializer.deserialize(record.topic(), record.headers(), record.value())));
    }

    private synchronized void add(InferenceResult result) {
        results.computeIfAbsent(result.getRequestId(), id -> new ArrayList<>()).add(result);
        count++;
        notifyAll();
    }

    synchronized List<InferenceResult> of(String requestId) {
        return List.copyOf(results.getOrDefault(requestId, List.of()));
    }

    synchronized int count() {
        return count;
    }

    /** @throws AssertionError naming some of the requests that have no result in time, and where the first of them lies */
    Map<String, InferenceResult> await(Collection<String> requestIds, Duration atMost) {
        var missing = missing(requestIds, atMost);
        if (!missing.isEmpty()) {
            reader.requireSound();
            throw new AssertionError(missing.size() + " of " + requestIds.size() + " requests have no result after "
                    + atMost + ", among them "
                    + missing.stream().limit(5).toList() + ". "
                    + trail.apply(missing.getFirst()));
        }
        var first = new LinkedHashMap<String, InferenceResult>();
        requestIds.forEach(id -> first.put(id, of(id).getFirst()));
        return first;
    }

    /** Those without a result when the time is over; none as soon as all have one. */
    private synchronized SequencedSet<String> missing(Collection<String> requestIds, Duration atMost) {
        var end = System.nanoTime() + atMost.toNanos();
        var missing = new LinkedHashSet<>(requestIds);
        missing.removeIf(results::containsKey);
        while (!missing.isEmpty()) {
            var left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            if (left <= 0) {
                return missing;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted while waiting for results.", e);
            }
            missing.removeIf(results::containsKey);
        }
        return missing;
    }

    @Override
    public void close() {
        reader.close();
    }
}

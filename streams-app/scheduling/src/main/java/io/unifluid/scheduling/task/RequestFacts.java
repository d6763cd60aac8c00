package io.unifluid.scheduling.task;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A request as it arrived, unchecked, free of transport types: what {@code RequestValidator} judges and
 * {@link WorkProfiles} measures.
 *
 * @param requestId the caller's idempotency key; may be blank here
 * @param task empty when this version does not know the task
 * @param model the model that the caller insists on
 * @param interactive whether somebody waits for the answer
 * @param deadline after this instant the result is worthless
 * @param replyTopic topic that shall receive a copy of the result
 */
public record RequestFacts(
        String requestId,
        String tenant,
        Optional<Task> task,
        Optional<Picture> picture,
        Optional<String> model,
        boolean interactive,
        Optional<Instant> deadline,
        Optional<String> replyTopic,
        Map<String, String> labels) {
    public RequestFacts {
        labels = Map.copyOf(labels);
    }
}

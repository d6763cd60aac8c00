package io.unifluid.streams.lifecycle;

import io.unifluid.scheduling.task.Lane;
import io.unifluid.scheduling.task.WorkProfile;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.streams.intake.Place;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a result, a dispatch or a status needs of a request beside its lifecycle state; small, so that the request
 * itself (with its picture) is stored once and read again only for a retry.
 *
 * @param shard key on the schedule topic
 * @param cost expected service time in milliseconds
 * @param bytes what it adds to a batch
 * @param scheduledAt when the current attempt was handed to batching; the epoch before the first
 * @param place where the request itself can be read; empty when the request store has it
 */
record RequestMetadata(
        Lane lane,
        String bucket,
        String shard,
        double cost,
        long bytes,
        Instant submittedAt,
        Instant scheduledAt,
        Optional<String> replyTopic,
        Optional<String> traceparent,
        Map<String, String> labels,
        Optional<Place> place) {

    static RequestMetadata of(
            InferenceRequest request,
            WorkProfile profile,
            String shard,
            Optional<String> replyTopic,
            Optional<String> traceparent,
            Map<String, String> labels) {
        return new RequestMetadata(
                profile.lane(),
                profile.bucket(),
                shard,
                profile.cost(),
                profile.bytes(),
                request.getSubmittedAt(),
                Instant.EPOCH,
                replyTopic,
                traceparent,
                Map.copyOf(labels),
                Optional.empty());
    }

    RequestMetadata scheduledAt(Instant at) {
        return new RequestMetadata(
                lane, bucket, shard, cost, bytes, submittedAt, at, replyTopic, traceparent, labels, place);
    }

    RequestMetadata at(Optional<Place> where) {
        return new RequestMetadata(
                lane, bucket, shard, cost, bytes, submittedAt, scheduledAt, replyTopic, traceparent, labels, where);
    }
}

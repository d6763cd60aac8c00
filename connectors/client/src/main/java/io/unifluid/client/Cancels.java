package io.unifluid.client;

import io.unifluid.schemas.Control;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.Topics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;

/** Sends wishes to cancel. */
public final class Cancels implements AutoCloseable {
    private final TopicWriter<Control> writer;

    public Cancels(Cluster cluster) {
        this.writer = new TopicWriter<>(cluster, Topics.CONTROLS);
    }

    /**
     * Returns when the broker has all of them.
     *
     * @param tenant as the requests name it; a cancel of another tenant has no effect
     * @param reason for the results; may be empty
     */
    public void send(Collection<String> requestIds, String tenant, String reason) {
        writer.send(requestIds.stream()
                .map(id -> new TopicWriter.Keyed<>(id, cancel(id, tenant, reason)))
                .toList());
    }

    private static Control cancel(String requestId, String tenant, String reason) {
        return Control.newBuilder()
                .setRequestId(requestId)
                .setTenant(tenant)
                .setKind(ControlKind.CANCEL)
                .setReason(reason.isBlank() ? null : reason)
                .setIssuedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .build();
    }

    @Override
    public void close() {
        writer.close();
    }
}

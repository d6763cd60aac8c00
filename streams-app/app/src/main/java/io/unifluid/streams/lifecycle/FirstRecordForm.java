package io.unifluid.streams.lifecycle;

import static io.unifluid.streams.lifecycle.RequestRecordSerde.readAttempt;
import static io.unifluid.streams.lifecycle.RequestRecordSerde.readInstant;
import static io.unifluid.streams.lifecycle.RequestRecordSerde.readOptionalInstant;

import io.unifluid.scheduling.lifecycle.LifecycleState;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what was stored before tenants and secrets were: texts with a length of two bytes, and the tenant beside the
 * metadata, so that it is known of unfinished requests only.
 */
final class FirstRecordForm {
    /** Of the state; its tenant comes later. */
    private record State(
            String requestId,
            int phase,
            LifecycleState.Attempt attempt,
            Instant admittedAt,
            Optional<Instant> deadline,
            Instant timerAt,
            int terminal,
            Optional<Instant> settledAt,
            Optional<String> computationKey,
            Optional<String> cancelReason) {

        LifecycleState of(Optional<String> tenant) {
            return LifecycleState.of(
                    new LifecycleState.Request(requestId, tenant, admittedAt, deadline, computationKey),
                    StoredCodes.phase(phase),
                    attempt,
                    timerAt,
                    StoredCodes.terminal(terminal),
                    settledAt,
                    cancelReason);
        }
    }

    /** @param in behind the version */
    static RequestRecord read(DataInputStream in) throws IOException {
        var state = new State(
                in.readUTF(),
                in.readByte(),
                readAttempt(in),
                readInstant(in),
                readOptionalInstant(in),
                readInstant(in),
                in.readByte(),
                readOptionalInstant(in),
                text(in),
                text(in));
        if (!in.readBoolean()) {
            return new RequestRecord(state.of(Optional.empty()), Optional.empty(), Optional.empty());
        }
        var tenant = Optional.of(in.readUTF());
        return new RequestRecord(state.of(tenant), Optional.of(metadata(in)), Optional.empty());
    }

    private static RequestMetadata metadata(DataInputStream in) throws IOException {
        return new RequestMetadata(
                StoredCodes.lane(in.readByte()),
                in.readUTF(),
                in.readUTF(),
                in.readDouble(),
                in.readLong(),
                readInstant(in),
                readInstant(in),
                text(in),
                text(in),
                labels(in),
                Optional.empty());
    }

    private static Map<String, String> labels(DataInputStream in) throws IOException {
        var labels = new HashMap<String, String>();
        for (int left = in.readInt(); left > 0; left--) {
            labels.put(in.readUTF(), in.readUTF());
        }
        return Map.copyOf(labels);
    }

    private static Optional<String> text(DataInputStream in) throws IOException {
        return in.readBoolean() ? Optional.of(in.readUTF()) : Optional.empty();
    }

    private FirstRecordForm() {}
}

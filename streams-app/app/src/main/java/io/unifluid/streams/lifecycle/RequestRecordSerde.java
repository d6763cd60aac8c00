package io.unifluid.streams.lifecycle;

import io.unifluid.scheduling.lifecycle.LifecycleState;
import io.unifluid.streams.intake.Place;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * Compact form of {@link RequestRecord} for the store and its changelog; the first byte is the version of the form. Written on
 * every transition, so it is plain fields in order and no schema: texts as their length and UTF-8, instants as epoch
 * milliseconds, what may be absent behind a byte that says so.
 */
public final class RequestRecordSerde {
    /** Of a request that the request store has. */
    private static final int WITHOUT_PLACE = 2;

    /** The same, and behind it the place where the request lies. */
    private static final int WITH_PLACE = 3;

    private static final long NO_INSTANT = Long.MIN_VALUE;

    public static Serde<RequestRecord> create() {
        return Serdes.serdeFrom(
                (topic, value) -> value == null ? null : encode(value),
                (topic, bytes) -> bytes == null ? null : decode(bytes));
    }

    private static byte[] encode(RequestRecord record) {
        var bytes = new ByteArrayOutputStream(192);
        try (var out = new DataOutputStream(bytes)) {
            var place = record.metadata().flatMap(RequestMetadata::place);
            out.writeByte(place.isPresent() ? WITH_PLACE : WITHOUT_PLACE);
            writeState(out, record.state());
            out.writeBoolean(record.metadata().isPresent());
            if (record.metadata().isPresent()) {
                writeMetadata(out, record.metadata().get());
            }
            out.writeBoolean(record.secret().isPresent());
            if (record.secret().isPresent()) {
                out.writeLong(record.secret().get().high());
                out.writeLong(record.secret().get().low());
            }
            if (place.isPresent()) {
                writePlace(out, place.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed.", e);
        }
        return bytes.toByteArray();
    }

    private static RequestRecord decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            return switch (version) {
                case 1 -> FirstRecordForm.read(in);
                case WITHOUT_PLACE -> read(in);
                case WITH_PLACE -> at(read(in), readPlace(in));
                default ->
                    throw new SerializationException("A stored request has form " + version
                            + ", which this version does not know: run the version that wrote it.");
            };
        } catch (IOException e) {
            throw new SerializationException("A stored request cannot be read.", e);
        }
    }

    private static RequestRecord read(DataInputStream in) throws IOException {
        return new RequestRecord(
                readState(in),
                in.readBoolean() ? Optional.of(readMetadata(in)) : Optional.empty(),
                in.readBoolean() ? Optional.of(new OutcomeSecret(in.readLong(), in.readLong())) : Optional.empty());
    }

    private static RequestRecord at(RequestRecord record, Place place) {
        return new RequestRecord(
                record.state(), record.metadata().map(known -> known.at(Optional.of(place))), record.secret());
    }

    private static void writePlace(DataOutputStream out, Place place) throws IOException {
        writeText(out, place.topic());
        out.writeInt(place.partition());
        out.writeLong(place.offset());
        out.writeInt(place.checksum());
    }

    private static Place readPlace(DataInputStream in) throws IOException {
        return new Place(readText(in), in.readInt(), in.readLong(), in.readInt());
    }

    private static void writeState(DataOutputStream out, LifecycleState state) throws IOException {
        writeText(out, state.requestId());
        writeText(out, state.tenant());
        out.writeByte(StoredCodes.of(state.phase()));
        out.writeInt(state.attempt());
        out.writeInt(state.isolatedRetries());
        out.writeInt(state.lostDispatches());
        out.writeBoolean(state.isolated());
        writeInstant(out, state.admittedAt());
        writeInstant(out, state.deadline());
        writeInstant(out, state.timerAt());
        out.writeByte(StoredCodes.of(state.terminal()));
        writeInstant(out, state.settledAt());
        writeText(out, state.computationKey());
        writeText(out, state.cancelReason());
    }

    private static LifecycleState readState(DataInputStream in) throws IOException {
        var requestId = readText(in);
        var tenant = readOptionalText(in);
        var phase = StoredCodes.phase(in.readByte());
        var attempt = readAttempt(in);
        var admittedAt = readInstant(in);
        var deadline = readOptionalInstant(in);
        var timerAt = readInstant(in);
        var terminal = StoredCodes.terminal(in.readByte());
        var settledAt = readOptionalInstant(in);
        var request = new LifecycleState.Request(requestId, tenant, admittedAt, deadline, readOptionalText(in));
        return LifecycleState.of(request, phase, attempt, timerAt, terminal, settledAt, readOptionalText(in));
    }

    static LifecycleState.Attempt readAttempt(DataInputStream in) throws IOException {
        return new LifecycleState.Attempt(in.readInt(), in.readInt(), in.readInt(), in.readBoolean());
    }

    private static void writeMetadata(DataOutputStream out, RequestMetadata metadata) throws IOException {
        out.writeByte(StoredCodes.of(metadata.lane()));
        writeText(out, metadata.bucket());
        writeText(out, metadata.shard());
        out.writeDouble(metadata.cost());
        out.writeLong(metadata.bytes());
        writeInstant(out, metadata.submittedAt());
        writeInstant(out, metadata.scheduledAt());
        writeText(out, metadata.replyTopic());
        writeText(out, metadata.traceparent());
        out.writeInt(metadata.labels().size());
        for (var label : metadata.labels().entrySet()) {
            writeText(out, label.getKey());
            writeText(out, label.getValue());
        }
    }

    private static RequestMetadata readMetadata(DataInputStream in) throws IOException {
        return new RequestMetadata(
                StoredCodes.lane(in.readByte()),
                readText(in),
                readText(in),
                in.readDouble(),
                in.readLong(),
                readInstant(in),
                readInstant(in),
                readOptionalText(in),
                readOptionalText(in),
                readLabels(in),
                Optional.empty());
    }

    private static Map<String, String> readLabels(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count == 0) {
            return Map.of();
        }
        var labels = new HashMap<String, String>();
        for (int i = 0; i < count; i++) {
            labels.put(readText(in), readText(in));
        }
        return Map.copyOf(labels);
    }

    static Instant readInstant(DataInputStream in) throws IOException {
        return Instant.ofEpochMilli(in.readLong());
    }

    static Optional<Instant> readOptionalInstant(DataInputStream in) throws IOException {
        long at = in.readLong();
        return at == NO_INSTANT ? Optional.empty() : Optional.of(Instant.ofEpochMilli(at));
    }

    private static void writeInstant(DataOutputStream out, Instant at) throws IOException {
        out.writeLong(at.toEpochMilli());
    }

    private static void writeInstant(DataOutputStream out, Optional<Instant> at) throws IOException {
        out.writeLong(at.map(Instant::toEpochMilli).orElse(NO_INSTANT));
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static void writeText(DataOutputStream out, Optional<String> text) throws IOException {
        out.writeBoolean(text.isPresent());
        if (text.isPresent()) {
            writeText(out, text.get());
        }
    }

    private static Optional<String> readOptionalText(DataInputStream in) throws IOException {
        return in.readBoolean() ? Optional.of(readText(in)) : Optional.empty();
    }

    private RequestRecordSerde() {}
}

package io.unifluid.streams;

import io.unifluid.scheduling.Lane;
import io.unifluid.scheduling.LifecycleState;
import io.unifluid.scheduling.Phase;
import io.unifluid.scheduling.TerminalStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
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
 * Compact form of {@link Tracked} for the store and its changelog; the first byte is the version of the form. Written on
 * every transition, so it is plain fields in order and no schema.
 */
final class TrackedSerde {
    private static final int VERSION = 2;

    /** Its texts were written as {@code writeUTF} does, which ends at 65,535 bytes. */
    private static final int VERSION_OF_SHORT_TEXTS = 1;

    static Serde<Tracked> create() {
        return Serdes.serdeFrom(
                (topic, value) -> value == null ? null : encode(value),
                (topic, bytes) -> bytes == null ? null : decode(bytes));
    }

    private static byte[] encode(Tracked tracked) {
        var bytes = new ByteArrayOutputStream(160);
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            writeState(out, tracked.state());
            out.writeBoolean(tracked.ticket().isPresent());
            if (tracked.ticket().isPresent()) {
                writeTicket(out, tracked.ticket().get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed.", e);
        }
        return bytes.toByteArray();
    }

    private static Tracked decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION && version != VERSION_OF_SHORT_TEXTS) {
                throw new SerializationException("A stored request has form " + version
                        + ", which this version does not know: run the version that wrote it.");
            }
            var texts = version == VERSION_OF_SHORT_TEXTS ? SHORT_TEXTS : TEXTS;
            var state = readState(in, texts);
            return new Tracked(state, in.readBoolean() ? Optional.of(readTicket(in, texts)) : Optional.empty());
        } catch (IOException e) {
            throw new SerializationException("A stored request cannot be read.", e);
        }
    }

    private static void writeState(DataOutputStream out, LifecycleState state) throws IOException {
        writeText(out, state.requestId());
        out.writeByte(state.phase().ordinal());
        out.writeInt(state.attempt());
        out.writeInt(state.isolatedRetries());
        out.writeInt(state.lostHandOuts());
        out.writeBoolean(state.alone());
        writeInstant(out, state.admittedAt());
        writeInstant(out, state.deadline());
        writeInstant(out, state.timerAt());
        out.writeByte(state.terminal().map(TerminalStatus::ordinal).orElse(-1));
        writeInstant(out, state.settledAt());
        writeText(out, state.computationKey());
        writeText(out, state.cancelReason());
    }

    private static LifecycleState readState(DataInputStream in, Texts texts) throws IOException {
        return new LifecycleState(
                texts.read(in),
                PHASES[in.readByte()],
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readBoolean(),
                readInstant(in),
                readOptionalInstant(in),
                readInstant(in),
                readTerminal(in.readByte()),
                readOptionalInstant(in),
                readText(in, texts),
                readText(in, texts));
    }

    private static void writeTicket(DataOutputStream out, Ticket ticket) throws IOException {
        writeText(out, ticket.tenant());
        out.writeByte(ticket.lane().ordinal());
        writeText(out, ticket.bucket());
        writeText(out, ticket.shard());
        out.writeDouble(ticket.cost());
        out.writeLong(ticket.bytes());
        writeInstant(out, ticket.submittedAt());
        writeInstant(out, ticket.scheduledAt());
        writeText(out, ticket.replyTopic());
        writeText(out, ticket.traceparent());
        out.writeInt(ticket.labels().size());
        for (var label : ticket.labels().entrySet()) {
            writeText(out, label.getKey());
            writeText(out, label.getValue());
        }
    }

    private static Ticket readTicket(DataInputStream in, Texts texts) throws IOException {
        return new Ticket(
                texts.read(in),
                LANES[in.readByte()],
                texts.read(in),
                texts.read(in),
                in.readDouble(),
                in.readLong(),
                readInstant(in),
                readInstant(in),
                readText(in, texts),
                readText(in, texts),
                readLabels(in, texts));
    }

    private static Map<String, String> readLabels(DataInputStream in, Texts texts) throws IOException {
        int count = in.readInt();
        if (count == 0) {
            return Map.of();
        }
        var labels = new HashMap<String, String>();
        for (int i = 0; i < count; i++) {
            labels.put(texts.read(in), texts.read(in));
        }
        return Map.copyOf(labels);
    }

    private static void writeInstant(DataOutputStream out, Instant at) throws IOException {
        out.writeLong(at.toEpochMilli());
    }

    private static Instant readInstant(DataInputStream in) throws IOException {
        return Instant.ofEpochMilli(in.readLong());
    }

    private static void writeInstant(DataOutputStream out, Optional<Instant> at) throws IOException {
        out.writeLong(at.map(Instant::toEpochMilli).orElse(Long.MIN_VALUE));
    }

    private static Optional<Instant> readOptionalInstant(DataInputStream in) throws IOException {
        long at = in.readLong();
        return at == Long.MIN_VALUE ? Optional.empty() : Optional.of(Instant.ofEpochMilli(at));
    }

    private static Optional<TerminalStatus> readTerminal(int ordinal) {
        return ordinal < 0 ? Optional.empty() : Optional.of(TERMINALS[ordinal]);
    }

    private static void writeText(DataOutputStream out, Optional<String> text) throws IOException {
        out.writeBoolean(text.isPresent());
        if (text.isPresent()) {
            writeText(out, text.get());
        }
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    /** How a form of the stored record holds its texts. */
    private interface Texts {
        String read(DataInputStream in) throws IOException;
    }

    private static final Texts SHORT_TEXTS = in -> in.readUTF();
    private static final Texts TEXTS = in -> {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new EOFException("A text of " + length + " bytes is cut short.");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    };

    private static Optional<String> readText(DataInputStream in, Texts texts) throws IOException {
        return in.readBoolean() ? Optional.of(texts.read(in)) : Optional.empty();
    }

    private static final Phase[] PHASES = Phase.values();
    private static final Lane[] LANES = Lane.values();
    private static final TerminalStatus[] TERMINALS = TerminalStatus.values();

    private TrackedSerde() {}
}

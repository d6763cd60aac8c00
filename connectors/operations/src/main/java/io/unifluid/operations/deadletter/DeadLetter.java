package io.unifluid.operations.deadletter;

import io.unifluid.blobs.BlobKey;
import io.unifluid.client.Claims;
import io.unifluid.schemas.DeadLetterHeaders;
import io.unifluid.schemas.RecordHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record that could not be worked with, as it lies on the dead-letter topic: its own key, bytes and headers, and why
 * and from where it came.
 */
public record DeadLetter(ConsumerRecord<byte[], byte[]> record) {
    /** {@code PARTITION/OFFSET}: what names it on the command line. */
    public String place() {
        return record.partition() + "/" + record.offset();
    }

    /** One sentence; empty when the record does not say why. */
    public String reason() {
        return header(RecordHeaders.DLQ_REASON).orElse("");
    }

    /** The topic that it came from. */
    public Optional<String> topic() {
        return header(RecordHeaders.DLQ_TOPIC);
    }

    /** {@code TOPIC/PARTITION/OFFSET} where it was first; its identity, even if it became a dead letter twice. */
    public Optional<String> origin() {
        return topic().flatMap(topic -> header(RecordHeaders.DLQ_PARTITION)
                .flatMap(partition ->
                        header(RecordHeaders.DLQ_OFFSET).map(offset -> topic + "/" + partition + "/" + offset)));
    }

    /** When it became a dead letter. */
    public Instant at() {
        try {
            return header(RecordHeaders.DLQ_AT).map(Instant::parse).orElse(Instant.ofEpochMilli(record.timestamp()));
        } catch (DateTimeException e) {
            return Instant.ofEpochMilli(record.timestamp());
        }
    }

    /** What of its record is missing, in one sentence; empty when all of it is here. */
    public Optional<String> missing() {
        return header(RecordHeaders.DLQ_TRUNCATED);
    }

    /** How often it had been sent again before it became this dead letter. */
    public int redrives() {
        try {
            return header(RecordHeaders.REDRIVES).map(Integer::parseInt).orElse(0);
        } catch (NumberFormatException e) {
            return 0; // somebody else's header of that name
        }
    }

    /** The record's own headers. */
    public List<Header> ownHeaders() {
        return java.util.Arrays.stream(record.headers().toArray())
                .filter(header -> !DeadLetterHeaders.NAMES.contains(header.key()))
                .toList();
    }

    /** The key as text; one that is not text is shown in hex. */
    public String key() {
        return record.key() == null ? "" : text(record.key());
    }

    /** Pictures in the blob store that its bytes name. */
    public Set<BlobKey> claims() {
        return Claims.in(record.value());
    }

    private Optional<String> header(String name) {
        return Optional.ofNullable(record.headers().lastHeader(name))
                .map(Header::value)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return "0x" + HexFormat.of().formatHex(bytes);
        }
    }
}

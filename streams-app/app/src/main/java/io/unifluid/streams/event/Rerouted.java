package io.unifluid.streams.event;

import io.unifluid.schemas.Control;
import io.unifluid.schemas.DeadLetterHeaders.Origin;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads what was passed on to the partition of its id: a request or a control, as its header says where it lay before.
 * That header counts on the internal topics alone, which nobody but the app writes.
 */
public final class Rerouted implements Deserializer<SpecificRecord> {
    private static final String FROM = io.unifluid.schemas.RecordHeaders.REROUTED_FROM;
    private static final Pattern PLACE = Pattern.compile("(.+)/(\\d{1,9})/(\\d{1,18})/(-?\\d{1,18})");

    private final Deserializer<InferenceRequest> requests;
    private final Deserializer<Control> controls;

    public Rerouted(Deserializer<InferenceRequest> requests, Deserializer<Control> controls) {
        this.requests = requests;
        this.controls = controls;
    }

    @Override
    public SpecificRecord deserialize(String topic, byte[] bytes) {
        throw new UnsupportedOperationException("The headers say what the record is.");
    }

    @Override
    public SpecificRecord deserialize(String topic, Headers headers, byte[] bytes) {
        var from = place(headers)
                .orElseThrow(() -> new UndecodableRecordException(
                        "The record does not say where it lay before: only the streams app may write this topic."))
                .topic();
        return from.equals(Topics.CONTROLS.name())
                ? controls.deserialize(from, headers, bytes)
                : requests.deserialize(from, headers, bytes);
    }

    /** Says where the record lay, whatever it said before. */
    public static void mark(Headers headers, Origin origin) {
        headers.remove(FROM);
        var place = origin.topic() + "/" + origin.partition() + "/" + origin.offset() + "/" + origin.timestamp();
        headers.add(new RecordHeader(FROM, place.getBytes(StandardCharsets.UTF_8)));
    }

    /** Where a record lay when its sender wrote it. */
    public static Origin origin(Origin place, Headers headers) {
        return Topics.REROUTES.contains(place.topic()) ? place(headers).orElse(place) : place;
    }

    /** The headers that its sender gave it. */
    public static Headers asSent(String topic, Headers headers) {
        return Topics.REROUTES.contains(topic) ? new RecordHeaders(headers).remove(FROM) : headers;
    }

    private static Optional<Origin> place(Headers headers) {
        return Optional.ofNullable(headers.lastHeader(FROM))
                .map(header -> PLACE.matcher(new String(header.value(), StandardCharsets.UTF_8)))
                .filter(Matcher::matches)
                .map(place -> new Origin(
                        place.group(1),
                        Integer.parseInt(place.group(2)),
                        Long.parseLong(place.group(3)),
                        Long.parseLong(place.group(4))))
                .filter(place -> Topics.isIntake(place.topic()) || place.topic().equals(Topics.CONTROLS.name()));
    }
}

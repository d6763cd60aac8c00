package io.unifluid.moderation.topology;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.DeadLetterHeaders.Origin;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads what was brought to the partition of its submission: a submission, a decision or an answer, as the header says where it
 * lay before. That header counts on the internal topic alone, which nobody but the app writes.
 */
final class Routed implements Deserializer<SpecificRecord> {
    private static final String FROM = RecordHeaders.REROUTED_FROM;
    private static final Pattern PLACE = Pattern.compile("(.+)/(\\d{1,9})/(\\d{1,18})/(-?\\d{1,18})");

    private final Map<String, Deserializer<? extends SpecificRecord>> decoders;

    Routed(AvroSerdes avro) {
        this.decoders = Map.of(
                Topics.SUBMISSIONS.name(), avro.deserializer(Topics.SUBMISSIONS),
                Topics.DECISIONS.name(), avro.deserializer(Topics.DECISIONS),
                Topics.RESULTS.name(), avro.deserializer(Topics.RESULTS));
    }

    @Override
    public SpecificRecord deserialize(String topic, byte[] bytes) {
        throw new UnsupportedOperationException("The headers say what the record is.");
    }

    @Override
    public SpecificRecord deserialize(String topic, Headers headers, byte[] bytes) {
        var from = origin(headers)
                .map(Origin::topic)
                .filter(decoders::containsKey)
                .orElseThrow(() -> new UndecodableRecordException(
                        "The record does not say where it lay before: only the moderation app may write this topic."));
        return decoders.get(from).deserialize(from, headers, bytes);
    }

    /** Says where the record lay, whatever it said before. */
    static void mark(Headers headers, Origin origin) {
        headers.remove(FROM);
        var place = origin.topic() + "/" + origin.partition() + "/" + origin.offset() + "/" + origin.timestamp();
        headers.add(new RecordHeader(FROM, place.getBytes(StandardCharsets.UTF_8)));
    }

    /** Where a record lay when its sender wrote it. */
    static Optional<Origin> origin(Headers headers) {
        return Optional.ofNullable(headers.lastHeader(FROM))
                .map(header -> PLACE.matcher(new String(header.value(), StandardCharsets.UTF_8)))
                .filter(Matcher::matches)
                .map(place -> new Origin(
                        place.group(1),
                        Integer.parseInt(place.group(2)),
                        Long.parseLong(place.group(3)),
                        Long.parseLong(place.group(4))));
    }

    /** The headers that its sender gave it. */
    static Headers asSent(Headers headers) {
        return new org.apache.kafka.common.header.internals.RecordHeaders(headers).remove(FROM);
    }
}

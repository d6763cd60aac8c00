package io.unifluid.streams;

import io.unifluid.streams.intake.IntakeAwayException;
import io.unifluid.streams.intake.IntakeLog;
import io.unifluid.streams.intake.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What was sent to the driver's topics, each of which has one partition. */
final class SentRecords implements IntakeLog {
    private final Map<String, List<byte[]>> byTopic = new HashMap<>();
    boolean away;

    void sent(String topic, byte[] value) {
        byTopic.computeIfAbsent(topic, _ -> new ArrayList<>()).add(value);
    }

    /** As retention does. */
    void delete(String topic) {
        byTopic.get(topic).replaceAll(_ -> null);
    }

    /** As somebody does who makes the topic anew and sends this to it. */
    void replace(String topic, byte[] value) {
        byTopic.get(topic).replaceAll(_ -> value);
    }

    @Override
    public List<Found> read(Set<Place> places) {
        if (away) {
            throw new IntakeAwayException("Requests cannot be read again.", null);
        }
        var found = new ArrayList<Found>();
        for (var place : places) {
            var records = byTopic.getOrDefault(place.topic(), List.of());
            if (place.offset() < records.size() && records.get((int) place.offset()) != null) {
                found.add(
                        new Found(place.topic(), place.partition(), place.offset(), records.get((int) place.offset())));
            }
        }
        return found;
    }

    @Override
    public void close() {}
}

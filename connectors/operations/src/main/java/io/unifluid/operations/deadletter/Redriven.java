package io.unifluid.operations.deadletter;

import io.unifluid.client.TopicScan;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Which dead letters were sent again, from the markers that are written in the same transaction.
 *
 * @param markers by {@link DeadLetter#origin()}
 * @param outdated origins whose dead letter is no longer on its topic
 */
public record Redriven(Map<String, Marker> markers, List<String> outdated) {
    /**
     * What is remembered of a dead letter that was sent again.
     *
     * @param times how often
     */
    public record Marker(int partition, long offset, Instant at, int times) {
        byte[] bytes() {
            return (partition + "/" + offset + " " + at + " " + times).getBytes(StandardCharsets.UTF_8);
        }

        static Marker parse(byte[] bytes) {
            var parts = new String(bytes, StandardCharsets.UTF_8).split("[ /]");
            return new Marker(
                    Integer.parseInt(parts[0]),
                    Long.parseLong(parts[1]),
                    Instant.parse(parts[2]),
                    Integer.parseInt(parts[3]));
        }
    }

    static Redriven read(TopicScan scan) {
        var markers = new HashMap<String, Marker>();
        if (!scan.exists(Topics.REDRIVES)) {
            return new Redriven(markers, List.of()); // nothing was ever sent again
        }
        scan.read(Topics.REDRIVES, record -> {
            if (record.key() == null) {
                return true; // none of ours: a compacted topic takes no such record
            }
            var origin = new String(record.key(), StandardCharsets.UTF_8);
            if (record.value() == null) {
                markers.remove(origin);
            } else {
                markers.put(origin, marker(record));
            }
            return true;
        });
        var first = scan.beginnings(Topics.DEAD_LETTERS);
        var outdated = new ArrayList<String>();
        markers.forEach((origin, marker) -> {
            if (marker.offset() < first.getOrDefault(marker.partition(), 0L)) {
                outdated.add(origin);
            }
        });
        return new Redriven(markers, outdated);
    }

    /** One that is not understood must not let a letter be sent twice. */
    private static Marker marker(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Marker.parse(record.value());
        } catch (DateTimeException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new EnvironmentProblem(
                    "The record " + record.partition() + "/" + record.offset() + " of " + Topics.REDRIVES
                            + " is no marker of a redrive: only this command writes there; remove it first.",
                    e);
        }
    }

    public Optional<Marker> of(DeadLetter letter) {
        return letter.origin().map(markers::get);
    }
}

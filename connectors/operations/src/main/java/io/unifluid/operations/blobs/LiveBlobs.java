package io.unifluid.operations.blobs;

import io.unifluid.blobs.BlobEntry;
import io.unifluid.blobs.BlobKey;
import io.unifluid.client.Claims;
import io.unifluid.client.TopicScan;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Which blobs somebody may still want, from what lies on the topics:
 *
 * <pre>
 * dead letters                    all that they name, as long as they are there
 * unfinished requests             in the streams app's store, or without a result since on a requests topic, or where they
 *                                 are passed on
 * files and batches               of tenants, as long as they are on their topics
 * submissions                     as long as they are on their topic, and flagged verdicts likewise: people look at those
 * requests finished lately        within the retention, and the pictures in their results
 * requests finished lately that are no longer on their topic: what they name is not known, so everything that
 *                                 was put since the retention before they were sent
 * </pre>
 *
 * The topics are read in the order in which a request moves, so that none slips through between two of them.
 */
final class LiveBlobs {
    /** Of the senders' clocks against the streams app's. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final Instant cutoff;
    private final Duration retention;
    private final Set<BlobKey> letters = new HashSet<>();
    private final Set<BlobKey> unfinished = new HashSet<>();
    private final Set<BlobKey> recent = new HashSet<>();
    private final Set<BlobKey> moderated = new HashSet<>();
    private final Set<BlobKey> stored = new HashSet<>();
    private final Map<String, Sent> sent = new HashMap<>();
    /** Ids of requests that name no blob; kept only where some requests have left their topic. */
    private final Set<String> plain = new HashSet<>();

    private boolean trimmed;
    private Optional<Instant> unknownSince = Optional.empty();

    /** What a request, and the outcomes of its attempts, name. */
    private static final class Sent {
        private final Set<BlobKey> claims = new HashSet<>();
        private Instant at = Instant.MIN;
        private Instant finished = Instant.MIN;
    }

    private LiveBlobs(Instant now, Duration retention) {
        this.cutoff = now.minus(retention);
        this.retention = retention;
    }

    /** @param store the topic in which the streams app keeps unfinished requests */
    static LiveBlobs read(
            TopicScan scan, String store, Instant now, Duration retention, Deserializer<InferenceResult> results) {
        var needed = new LiveBlobs(now, retention);
        scan.read(Topics.DEAD_LETTERS, record -> needed.letters.addAll(Claims.in(record.value())) || true);
        Stream.of(Topics.SUBMISSIONS.name(), Topics.CASES, Topics.FLAGGED.name())
                .filter(scan::exists)
                .forEach(topic ->
                        scan.read(topic, record -> needed.moderated.addAll(Claims.in(record.value())) || true));
        needed.unfinished.addAll(standing(scan, store));
        // Batches first: one that ends meanwhile hands its blobs on to files.
        Stream.of(Topics.BATCHES.name(), Topics.FILES.name())
                .filter(scan::exists)
                .forEach(topic -> needed.stored.addAll(standing(scan, topic)));
        for (var intake : Topics.INTAKES) {
            needed.trimmed |= scan.beginnings(intake.name()).values().stream().anyMatch(first -> first > 0);
        }
        Topics.INTAKES.forEach(intake -> scan.read(intake.name(), needed::request));
        Topics.REROUTES.stream().filter(scan::exists).forEach(topic -> scan.read(topic, needed::request));
        scan.read(Topics.OUTCOMES.name(), needed::outcome);
        scan.read(Topics.RESULTS.name(), record -> needed.result(record, results));
        needed.sent.values().forEach(needed::settle);
        return needed;
    }

    /** What the last record of each key names. */
    private static Set<BlobKey> standing(TopicScan scan, String topic) {
        var last = new HashMap<String, Set<BlobKey>>();
        scan.read(topic, record -> {
            if (record.value() == null) {
                last.remove(key(record));
            } else {
                last.put(key(record), Claims.in(record.value()));
            }
            return true;
        });
        var all = new HashSet<BlobKey>();
        last.values().forEach(all::addAll);
        return all;
    }

    /** Why the blob must stay; empty when nobody needs it. */
    Optional<Reason> reason(BlobEntry blob) {
        if (!blob.lastModified().isBefore(cutoff)) {
            return Optional.of(Reason.YOUNG);
        }
        if (letters.contains(blob.key())) {
            return Optional.of(Reason.DEAD_LETTER);
        }
        if (unfinished.contains(blob.key())) {
            return Optional.of(Reason.UNFINISHED);
        }
        if (moderated.contains(blob.key())) {
            return Optional.of(Reason.MODERATED);
        }
        if (stored.contains(blob.key())) {
            return Optional.of(Reason.STORED);
        }
        return recent.contains(blob.key())
                        || unknownSince
                                .filter(since -> !blob.lastModified().isBefore(since))
                                .isPresent()
                ? Optional.of(Reason.RECENT)
                : Optional.empty();
    }

    Instant cutoff() {
        return cutoff;
    }

    private boolean request(ConsumerRecord<byte[], byte[]> record) {
        var claims = Claims.in(record.value());
        if (record.key() == null) {
            unfinished.addAll(claims); // never a request, but somebody's mistake that may become a dead letter
        } else if (!claims.isEmpty() || sent.containsKey(key(record))) {
            var known = sent.computeIfAbsent(key(record), _ -> new Sent());
            known.claims.addAll(claims);
            known.at = later(known.at, Instant.ofEpochMilli(record.timestamp()));
        } else if (trimmed) {
            plain.add(key(record));
        }
        return true;
    }

    private boolean outcome(ConsumerRecord<byte[], byte[]> record) {
        var claims = Claims.in(record.value());
        if (!claims.isEmpty() && record.key() != null) {
            sent.computeIfAbsent(key(record), _ -> new Sent()).claims.addAll(claims);
        }
        return true;
    }

    private boolean result(ConsumerRecord<byte[], byte[]> record, Deserializer<InferenceResult> decoder) {
        var at = Instant.ofEpochMilli(record.timestamp());
        var known = sent.get(key(record));
        if (known != null) {
            known.finished = later(known.finished, at);
        }
        if (!at.isBefore(cutoff)) {
            recent.addAll(Claims.in(record.value()));
            boolean gone = known == null ? !plain.contains(key(record)) : known.at.equals(Instant.MIN);
            if (trimmed && gone) {
                var submitted = submitted(record, decoder);
                var since = (submitted.isBefore(at) ? submitted : at).minus(retention);
                unknownSince = Optional.of(
                        unknownSince.filter(before -> before.isBefore(since)).orElse(since));
            }
        }
        return true;
    }

    /** A record that is no result tells nothing but its own time. */
    private static Instant submitted(ConsumerRecord<byte[], byte[]> record, Deserializer<InferenceResult> decoder) {
        try {
            var result = decoder.deserialize(record.topic(), record.headers(), record.value());
            return result == null ? Instant.ofEpochMilli(record.timestamp()) : result.getSubmittedAt();
        } catch (UndecodableRecordException _) {
            return Instant.ofEpochMilli(record.timestamp());
        }
    }

    private void settle(Sent request) {
        if (request.finished.equals(Instant.MIN) || request.finished.plus(SKEW).isBefore(request.at)) {
            unfinished.addAll(request.claims);
        } else if (!request.finished.isBefore(cutoff)) {
            recent.addAll(request.claims);
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }
}

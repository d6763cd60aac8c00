package io.unifluid.streams.intake;

import io.unifluid.schemas.DeadLetterHeaders.Origin;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.streams.event.RequestReading;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Requests where their senders wrote them, so that their pictures need not be written again at each step: a step is told the
 * place, and reads there. What was admitted lately is at hand in memory. Thread-safe; one reads at a time.
 *
 * <p>A place holds for {@link #COPIED_AFTER} at least. Whoever needs the request for longer copies it.
 */
public final class IntakeRecords implements AutoCloseable {
    /** After its admission; with what it may have lain before, far less than a topic keeps it whose places are given. */
    public static final Duration COPIED_AFTER = Duration.ofHours(6);

    /** How old a record may be when its place is given. */
    private static final Duration FRESH = Duration.ofHours(1);

    private static final Duration LEAST_RETENTION = Duration.ofDays(1);
    private static final Duration ASKED_FOR_WITHIN = Duration.ofMinutes(1);
    private static final long MOST_BYTES = 32L * 1024 * 1024;

    private final IntakeLog log;
    private final Deserializer<InferenceRequest> decoder;
    private final LongConsumer readAgain;
    private final RecentRequests admitted;
    private final RecentRequests ahead;
    private final Map<String, Boolean> lasting = new ConcurrentHashMap<>();

    /** @param readAgain told how many requests were read a second time */
    public IntakeRecords(IntakeLog log, Deserializer<InferenceRequest> decoder, LongConsumer readAgain) {
        this(log, decoder, readAgain, Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / 32));
    }

    /** @param mostBytes of what was admitted lately, and again of what was read ahead */
    public IntakeRecords(
            IntakeLog log, Deserializer<InferenceRequest> decoder, LongConsumer readAgain, long mostBytes) {
        this.log = log;
        this.decoder = decoder;
        this.readAgain = readAgain;
        this.admitted = new RecentRequests(mostBytes, ASKED_FOR_WITHIN);
        this.ahead = new RecentRequests(mostBytes, Duration.ZERO);
    }

    /**
     * What a topic says of itself. One that would delete by size, or by keys, may delete at any time.
     *
     * @param retention empty where it keeps its records for ever
     */
    public void learn(String topic, boolean byTimeAlone, Optional<Duration> retention) {
        lasting.put(
                topic,
                byTimeAlone
                        && retention
                                .filter(kept -> kept.compareTo(LEAST_RETENTION) < 0)
                                .isEmpty());
    }

    /**
     * Where the request can be read again for as long as {@link #COPIED_AFTER} says; empty where nobody promises that.
     *
     * @param origin where its sender wrote it, and when
     */
    public Optional<Place> place(Origin origin, InferenceRequest request, Instant now) {
        return lasting.getOrDefault(origin.topic(), false)
                        && origin.timestamp() >= now.minus(FRESH).toEpochMilli()
                ? Optional.of(Place.of(origin.topic(), origin.partition(), origin.offset(), request))
                : Optional.empty();
    }

    /** A request that was admitted and will be asked for. */
    public synchronized void admitted(Place place, InferenceRequest request, int encodedBytes, Instant now) {
        admitted.keep(place, request, encodedBytes, now);
    }

    /**
     * The requests of these places; what is missing is there no more. Each is handed out from memory once.
     *
     * @throws IntakeAwayException when they cannot be read now
     */
    public synchronized Map<Place, InferenceRequest> take(Collection<Place> places, Instant now) {
        var found = new HashMap<Place, InferenceRequest>();
        var missing = new HashSet<Place>();
        for (var place : places) {
            admitted.take(place)
                    .or(() -> ahead.take(place))
                    .ifPresentOrElse(request -> found.put(place, request), () -> missing.add(place));
        }
        if (!missing.isEmpty()) {
            readAgain.accept(missing.size());
            read(missing, found, now);
        }
        return found;
    }

    public Optional<InferenceRequest> take(Place place, Instant now) {
        return Optional.ofNullable(take(Set.of(place), now).get(place));
    }

    private void read(Set<Place> missing, Map<Place, InferenceRequest> found, Instant now) {
        for (var record : log.read(missing)) {
            decoded(record).ifPresent(request -> {
                var place = Place.of(record.topic(), record.partition(), record.offset(), request);
                if (missing.contains(place)) {
                    found.put(place, request);
                } else {
                    ahead.keep(place, request, record.value().length, now);
                }
            });
        }
    }

    /** What lies near may be anything. */
    private Optional<InferenceRequest> decoded(IntakeLog.Found record) {
        try {
            return Optional.of(RequestReading.bounded(decoder.deserialize(record.topic(), record.value())));
        } catch (RuntimeException | StackOverflowError e) {
            return Optional.empty();
        }
    }

    @Override
    public synchronized void close() {
        log.close();
    }
}

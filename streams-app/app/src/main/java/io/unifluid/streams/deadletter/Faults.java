package io.unifluid.streams.deadletter;

import io.unifluid.schemas.DeadLetterHeaders;
import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.RegistryErrors;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.streams.event.DecodedRecord;
import io.unifluid.streams.event.FaultCounts;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.event.RequestGoneException;
import io.unifluid.streams.event.Rerouted;
import io.unifluid.streams.event.TooLargeException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a record that cannot be worked with: whose fault it is, its dead letter and its count. One for the whole
 * app; thread-safe.
 */
public final class Faults {
    /** Name of the setting that hands this to Kafka's handlers, which it creates by their class names. */
    public static final String CONFIG = "unifluid.internal.faults";

    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
    private static final int LONGEST_DETAIL = 300;

    private final FaultCounts counts;
    private final RecordLimits limits;
    private final DeadLetters deadLetters;
    private final SetAside setAside = new SetAside();
    private final RegistryState registry = new RegistryState();

    public Faults(FaultCounts counts, RecordLimits limits) {
        this.counts = counts;
        this.limits = limits;
        this.deadLetters = new DeadLetters(limits);
    }

    public RecordLimits limits() {
        return limits;
    }

    public RegistryState registry() {
        return registry;
    }

    public SetAside setAside() {
        return setAside;
    }

    /**
     * Whether a failure is the fault of the record that was being worked on. What the registry, the broker or a store says
     * is not: that work is to be done again.
     */
    public static boolean ofTheRecord(Throwable failure) {
        if (RegistryErrors.away(failure).isPresent()) {
            return false;
        }
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof KafkaException && !(cause instanceof SerializationException)) {
                return false;
            }
        }
        return true;
    }

    /** One sentence for whoever reads the dead letter. */
    public static String reason(Throwable failure) {
        if (expected(failure)) {
            return failure.getMessage();
        }
        var detail = Optional.ofNullable(failure.getMessage()).orElse("no reason is known");
        return "The record could not be worked with (" + OneLine.of(detail, LONGEST_DETAIL)
                + "): report this with the record.";
    }

    /** The dead letter of a record, counted and logged. */
    public ProducerRecord<byte[], byte[]> letter(
            DeadLetterHeaders.Origin origin, byte[] key, byte[] value, Headers headers, String reason, Instant at) {
        var sent = Rerouted.origin(origin, headers);
        LOG.warn("Dead letter from {}-{} at {}: {}", sent.topic(), sent.partition(), sent.offset(), reason);
        counts.deadLetter(sent.topic());
        return deadLetters.letter(sent, key, value, Rerouted.asSent(origin.topic(), headers), reason, at);
    }

    /** The dead letter of a record that could be decoded. */
    public ProducerRecord<byte[], byte[]> letter(
            ProcessorContext<?, ?> context,
            Record<String, ? extends DecodedRecord<?>> record,
            String reason,
            Instant at) {
        var place = context.recordMetadata().orElseThrow();
        var origin = new DeadLetterHeaders.Origin(
                place.topic(), place.partition(), place.offset(), record.value().timestamp());
        byte[] key = record.key() == null ? null : record.key().getBytes(StandardCharsets.UTF_8);
        return letter(origin, key, record.value().original(), record.headers(), reason, at);
    }

    /** Why the record that is being processed is not to be tried again; empty when it is. */
    public Optional<String> setAside(ProcessorContext<?, ?> context) {
        return context.recordMetadata()
                .flatMap(
                        place -> setAside.reason(new SetAside.Place(place.topic(), place.partition(), place.offset())));
    }

    /**
     * The part of a record's work that touches nothing; where that fails by the record's fault, what is done otherwise.
     *
     * @param otherwise takes the reason, one sentence
     */
    public static <T> T guarded(Supplier<T> work, Function<String, T> otherwise) {
        try {
            return work.get();
        } catch (RuntimeException | StackOverflowError e) {
            if (!ofTheRecord(e)) {
                throw e;
            }
            if (!expected(e)) {
                LOG.warn("A record could not be worked with", e);
            }
            return otherwise.apply(reason(e));
        }
    }

    private static boolean expected(Throwable failure) {
        return failure instanceof UndecodableRecordException
                || failure instanceof TooLargeException
                || failure instanceof RequestGoneException;
    }

    /** A record that could not even be decoded. */
    ProducerRecord<byte[], byte[]> undecoded(
            DeadLetterHeaders.Origin origin, byte[] key, byte[] value, Headers headers, Exception failure) {
        if (Topics.isIntake(origin.topic())) {
            counts.received();
        }
        return letter(origin, key, value, headers, reason(failure), Instant.now());
    }
}

package io.unifluid.moderation.topology;

import io.unifluid.moderation.event.Keys;
import io.unifluid.schemas.CaseDecision;
import io.unifluid.schemas.DeadLetterHeaders.Origin;
import io.unifluid.schemas.Submission;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.DecodedRecord;
import io.unifluid.streams.event.Outbox;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Brings submissions, decisions and answers to the partition of their submission, since one task keeps its case: whatever the
 * partitioner of their senders, and however many partitions their topics have. Of results it passes over what is not ours by
 * the key alone.
 */
final class RouterProcessor implements Processor<byte[], Object, byte[], byte[]> {
    private static final byte[] PREFIX = Keys.REQUEST_PREFIX.getBytes(StandardCharsets.UTF_8);
    private static final String NO_VALUE = "The record has no value: send the event itself, not a tombstone.";

    private final Faults faults;
    private final Commits commits;
    private ProcessorContext<byte[], byte[]> context;

    RouterProcessor(Faults faults, Duration commitInterval) {
        this.faults = faults;
        this.commits = new Commits(commitInterval);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], Object> record) {
        switch (record.value()) {
            case DecodedRecord<?> decoded -> sent(record, decoded);
            case byte[] result
            when isOurs(record.key()) -> {
                pass(record, Arrays.copyOfRange(record.key(), PREFIX.length, record.key().length), result, -1);
                commits.ofMany(context);
            }
            case null, default -> {
                // A result of somebody else.
            }
        }
    }

    private void sent(Record<byte[], Object> record, DecodedRecord<?> decoded) {
        var id = switch (decoded.value()) {
            case Submission submission -> submission.getSubmissionId();
            case CaseDecision decision -> decision.getSubmissionId();
            case null, default -> null;
        };
        var reason = id == null
                ? NO_VALUE
                : id.isBlank()
                        ? "The submissionId is blank: give each submission an id of its own."
                        : keyDiffers(record.key(), id);
        if (reason == null) {
            pass(record, record.key(), decoded.original(), decoded.timestamp());
            if (decoded.value() instanceof Submission submission) {
                commits.after(submission.getPriority(), context);
            } else {
                commits.now(context);
            }
        } else {
            var letter = faults.letter(
                    origin(decoded.timestamp()),
                    record.key(),
                    decoded.original(),
                    record.headers(),
                    reason,
                    Instant.ofEpochMilli(context.currentSystemTimeMs()));
            context.forward(
                    new Record<>(letter.key(), letter.value(), letter.timestamp(), letter.headers()),
                    Names.ROUTER_DEAD_LETTER_SINK);
        }
    }

    private void pass(Record<byte[], Object> record, byte[] key, byte[] value, long timestamp) {
        var headers = new RecordHeaders(record.headers());
        Routed.mark(headers, origin(timestamp));
        var outbox = new Outbox(faults.limits());
        outbox.add(Names.CASES_SINK, Topics.CASES, key, value, Instant.ofEpochMilli(record.timestamp()), headers);
        outbox.forward(context);
    }

    private Origin origin(long timestamp) {
        var place = context.recordMetadata().orElseThrow();
        return new Origin(place.topic(), place.partition(), place.offset(), timestamp);
    }

    private static boolean isOurs(byte[] key) {
        return key != null
                && key.length > PREFIX.length
                && Arrays.equals(key, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
    }

    private static String keyDiffers(byte[] key, String id) {
        return key != null && Arrays.equals(key, id.getBytes(StandardCharsets.UTF_8))
                ? null
                : "The record's key is not the submissionId in it: send the submissionId as the key.";
    }
}

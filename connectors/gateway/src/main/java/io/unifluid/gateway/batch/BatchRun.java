package io.unifluid.gateway.batch;

import io.micronaut.http.HttpStatus;
import io.unifluid.blobs.BlobCorruptException;
import io.unifluid.blobs.BlobNotFoundException;
import io.unifluid.client.Cancels;
import io.unifluid.client.Cluster;
import io.unifluid.client.Failure;
import io.unifluid.client.UniFluidClient;
import io.unifluid.client.UnsentException;
import io.unifluid.gateway.file.StoredFiles;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.openai.Bodies;
import io.unifluid.gateway.openai.Endpoint;
import io.unifluid.gateway.request.Ends;
import io.unifluid.schemas.Batch;
import io.unifluid.schemas.BatchError;
import io.unifluid.schemas.BatchState;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.StoredFile;
import io.unifluid.schemas.UndecodableRecordException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * A batch on its way from where it stands to its end. All that it knows it has from the batch's record, its input and the
 * results topic, so that whoever runs it next goes on where it was: the first result of a line counts, and a line that has
 * none yet is sent again under its own id, which changes nothing. One thread's; ends by itself, or soon after {@link #stop}.
 */
final class BatchRun {
    static final int MOST_LINES = 50_000;

    private static final int AT_ONCE = 256;
    /** Lines are sent when this part of what may be under way is free: those sent together lie together on their way. */
    private static final int SENT_TOGETHER = 4;

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration TOLD_EVERY = Duration.ofSeconds(1);
    private static final Duration AGAIN = Duration.ofSeconds(2);
    /** For results of lines whose deadline has passed, or that are called back. */
    private static final Duration LAST_RESULTS = Duration.ofSeconds(30);

    private static final Duration KEPT = Duration.ofDays(30);

    /** What a run works with, the same for all of a gateway. */
    record Means(
            Cluster cluster,
            UniFluidClient client,
            BatchTopic topic,
            StoredFiles files,
            Bodies bodies,
            LineResults results,
            Deserializer<InferenceResult> decoder,
            int longestLine,
            Consumer<Boolean> answered) {}

    /** A line that the broker did not take. */
    private record Untaken(int place, UnsentException why) {}

    private final Means means;
    private final FencedWriter writer;
    private final Endpoint endpoint;
    /** Lines under way at once: enough to keep the workers busy, and what a cancel has to call back. */
    private final int window;

    private final BitSet underWay = new BitSet();
    /** Nobody ran it before, so that none of its lines can have a result. */
    private final boolean fresh;

    private final Map<Integer, Integer> attempts = new HashMap<>();
    private final Deque<Integer> again = new ArrayDeque<>();
    private final Queue<Untaken> untaken = new ConcurrentLinkedQueue<>();
    private Batch batch;
    private Lines lines;
    private Answers answers;
    private int next;
    private boolean more;
    /** Whether lines are being sent, until as many are under way as may be. */
    private boolean filling;

    private Instant notBefore = Instant.EPOCH;
    private Instant told = Instant.EPOCH;
    private Instant lastResults;
    private volatile boolean stopped;

    BatchRun(Batch batch, boolean fresh, FencedWriter writer, Means means) {
        this.batch = batch;
        this.fresh = fresh;
        this.writer = writer;
        this.means = means;
        this.endpoint = Endpoint.of(batch.getEndpoint()).orElseThrow();
        this.window = window(endpoint);
    }

    /** A request takes a second through a full path, so that texts need some thousands; pictures take longer to make, and room. */
    private static int window(Endpoint endpoint) {
        return switch (endpoint) {
            case CHAT_COMPLETIONS -> 16_384;
            case IMAGES_GENERATIONS, IMAGES_EDITS -> 1_024;
        };
    }

    /** Somebody else goes on with it. */
    void stop() {
        stopped = true;
    }

    /** @throws RuntimeException when something around it does not serve; begin again then */
    void run() throws IOException, InterruptedException {
        writer.open();
        try {
            runLines();
        } catch (BlobNotFoundException | BlobCorruptException e) {
            var error = BatchError.newBuilder()
                    .setCode("file_unreadable")
                    .setMessage("The bytes of the input file are not there any more: upload it again.")
                    .build();
            end(
                    Batch.newBuilder(batch)
                            .setState(BatchState.FAILED)
                            .setErrors(List.of(error))
                            .setFailedAt(now()),
                    List.of());
        }
    }

    private void runLines() throws IOException, InterruptedException {
        try (var copied = Lines.copied(means.files().content(batch.getInputParts()), MOST_LINES)) {
            lines = copied;
            if (batch.getState() == BatchState.VALIDATING && !begin()) {
                return;
            }
            try (var kept = new Answers(lines.count());
                    var results = means.results().of(batch.getId())) {
                answers = kept;
                if (!fresh) {
                    results.earlier(batch.getCreatedAt(), this::came);
                }
                while (!stopped && !step(results)) {}
            }
        }
    }

    /** @return false when it has ended already */
    private boolean begin() throws IOException {
        var errors = Judgement.of(lines, endpoint, means.bodies(), MOST_LINES, means.longestLine());
        var judged = Batch.newBuilder(batch).setTotal(lines.count());
        if (!errors.isEmpty()) {
            end(judged.setState(BatchState.FAILED).setErrors(errors).setFailedAt(now()), List.of());
            return false;
        }
        write(judged.setState(BatchState.IN_PROGRESS).setInProgressAt(now()).build());
        return !stopped;
    }

    /** @return whether it has ended */
    private boolean step(LineResults.OfBatch results) throws IOException, InterruptedException {
        results.next(more ? Duration.ZERO : POLL).forEach(this::came);
        takeBack();
        if (answers.all()) {
            finish(BatchState.COMPLETED);
            return true;
        }
        var now = Instant.now();
        if (!now.isBefore(batch.getExpiresAt())) {
            return waitedForLast(now, BatchState.EXPIRED);
        }
        if (batch.getState() == BatchState.CANCELLING
                || means.topic().wish(batch.getId()).isPresent()) {
            if (lastResults == null) {
                callBack();
            }
            return waitedForLast(now, BatchState.CANCELLED);
        }
        send(now);
        tell(now);
        return false;
    }

    private boolean waitedForLast(Instant now, BatchState end) throws IOException {
        if (lastResults == null) {
            lastResults = now.plus(LAST_RESULTS);
        }
        if (!underWay.isEmpty() && now.isBefore(lastResults)) {
            tell(now);
            return false;
        }
        finish(end);
        return true;
    }

    /** Whoever ran it before had at most as many under way, in the order of the lines. */
    private void callBack() {
        var wished = means.topic().wish(batch.getId()).map(Batch::getCancellingAt);
        if (batch.getState() != BatchState.CANCELLING) {
            write(Batch.newBuilder(counted())
                    .setState(BatchState.CANCELLING)
                    .setCancellingAt(wished.orElseGet(BatchRun::now))
                    .build());
        }
        var ids = new ArrayList<String>();
        var called = (BitSet) underWay.clone();
        if (!fresh) {
            int place = answers.firstOpen(0);
            for (int left = window; place < lines.count() && left > 0; left--) {
                called.set(place);
                place = answers.firstOpen(place + 1);
            }
        }
        called.stream().forEach(place -> ids.add(id(place)));
        if (!ids.isEmpty()) {
            try (var cancels = new Cancels(means.cluster())) {
                cancels.send(ids, batch.getTenant(), "The batch " + batch.getId() + " was cancelled.");
            }
        }
    }

    private void send(Instant now) {
        more = false;
        if (now.isBefore(notBefore)) {
            return;
        }
        int free = window - underWay.cardinality();
        filling |= free >= window / SENT_TOGETHER;
        if (!filling) {
            return;
        }
        int room = Math.min(AT_ONCE, free);
        for (int sent = 0; sent < room; sent++) {
            int place = again.isEmpty() ? unsent() : again.poll();
            if (place < 0) {
                return;
            }
            if (!answers.has(place) && !underWay.get(place)) {
                send(place);
            }
        }
        more = room == AT_ONCE;
        filling = more;
    }

    /** The next line that has neither an answer nor was sent; -1 for none. */
    private int unsent() {
        next = answers.firstOpen(next);
        return next < lines.count() ? next++ : -1;
    }

    private void send(int place) {
        var line = line(place);
        try {
            var request = means.bodies()
                    .request(endpoint, line.body(), batch.getTenant())
                    .id(id(place))
                    .tenant(batch.getTenant())
                    .deadline(batch.getExpiresAt())
                    .bulk();
            underWay.set(place);
            means.client().post(request).whenComplete((_, problem) -> {
                if (problem != null) {
                    untaken.add(new Untaken(place, unsent(problem)));
                }
            });
        } catch (ApiError refused) {
            put(place, OutputLine.refused(id(place), line.customId(), refused), true);
        }
    }

    private static UnsentException unsent(Throwable problem) {
        var cause = problem instanceof CompletionException wrapped ? wrapped.getCause() : problem;
        if (cause instanceof UnsentException unsent) {
            return unsent;
        }
        throw new IllegalStateException(cause);
    }

    /** What can never be taken is an answer; the rest is sent again, a little later. */
    private void takeBack() {
        for (var one = untaken.poll(); one != null; one = untaken.poll()) {
            underWay.clear(one.place());
            if (one.why().failure().kind().equals(Failure.TOO_LARGE)) {
                put(
                        one.place(),
                        OutputLine.refused(
                                id(one.place()),
                                line(one.place()).customId(),
                                ApiError.body("too_large", one.why().getMessage())),
                        true);
            } else {
                later(one.place());
            }
        }
    }

    private void later(int place) {
        again.add(place);
        notBefore = Instant.now().plus(AGAIN);
    }

    private void came(ConsumerRecord<byte[], byte[]> record) {
        var attempt = LineIds.attempt(record.key()).filter(found -> found.place() < lines.count());
        if (attempt.isEmpty() || answers.has(attempt.get().place())) {
            return;
        }
        int place = attempt.get().place();
        InferenceResult result;
        try {
            result = means.decoder().deserialize(record.topic(), record.headers(), record.value());
        } catch (UndecodableRecordException e) {
            throw new IllegalStateException("A result of the batch " + batch.getId() + " cannot be read.", e);
        }
        if (result == null || !result.getTenant().equals(batch.getTenant())) {
            return;
        }
        if (isOverLimit(result)) {
            underWay.clear(place);
            attempts.merge(place, attempt.get().attempt() + 1, Math::max);
            later(place);
            return;
        }
        underWay.clear(place);
        settle(place, result);
    }

    private static boolean isOverLimit(InferenceResult result) {
        return result.getStatus() == ResultStatus.REJECTED
                && result.getError() != null
                && result.getError().getKind().equals("OVER_LIMIT");
    }

    private void settle(int place, InferenceResult result) {
        var line = line(place);
        var id = result.getRequestId();
        switch (result.getStatus()) {
            case SUCCEEDED -> succeeded(place, line, result);
            case EXPIRED -> put(place, expired(id, line), true);
            case CANCELLED -> put(place, cancelled(id, line), true);
            case REJECTED, FAILED, UNKNOWN ->
                put(place, OutputLine.refused(id, line.customId(), Ends.error(result)), true);
        }
    }

    private void succeeded(int place, Line line, InferenceResult result) {
        var id = result.getRequestId();
        try {
            var body = means.bodies().answer(endpoint, line.body(), result, means.client()::bytes);
            put(place, OutputLine.answered(id, line.customId(), body), false);
        } catch (BlobNotFoundException | BlobCorruptException e) {
            var gone = ApiError.of(
                    HttpStatus.INTERNAL_SERVER_ERROR,
                    "picture_gone",
                    "The picture that was made is not there any more.");
            put(place, OutputLine.refused(id, line.customId(), gone), true);
        }
    }

    private static byte[] expired(String id, Line line) {
        return OutputLine.notRun(
                id,
                line.customId(),
                "batch_expired",
                "This request was not run before the completion window of its batch ended.");
    }

    private static byte[] cancelled(String id, Line line) {
        return OutputLine.notRun(
                id, line.customId(), "batch_cancelled", "This request was not run before its batch was cancelled.");
    }

    private void put(int place, byte[] line, boolean isError) {
        if (answers.put(place, line, isError)) {
            means.answered().accept(!isError);
        }
    }

    private Line line(int place) {
        return Line.of(lines.at(place), endpoint);
    }

    private String id(int place) {
        return LineIds.of(batch.getTenant(), batch.getId(), place, attempts.getOrDefault(place, 0));
    }

    private void tell(Instant now) {
        boolean moved = answers.completed() != batch.getCompleted() || answers.failed() != batch.getFailed();
        if (moved && !now.isBefore(told.plus(TOLD_EVERY))) {
            told = now;
            write(counted().build());
        }
    }

    private Batch.Builder counted() {
        return Batch.newBuilder(batch).setCompleted(answers.completed()).setFailed(answers.failed());
    }

    private void finish(BatchState end) throws IOException {
        if (end == BatchState.COMPLETED && batch.getState() == BatchState.CANCELLING) {
            finish(BatchState.CANCELLED);
            return;
        }
        for (int place = answers.firstOpen(0); place < lines.count(); place = answers.firstOpen(place)) {
            var line = line(place);
            put(place, end == BatchState.CANCELLED ? cancelled(id(place), line) : expired(id(place), line), true);
        }
        if (end != BatchState.CANCELLED && batch.getFinalizingAt() == null) {
            write(counted()
                    .setState(BatchState.FINALIZING)
                    .setFinalizingAt(now())
                    .build());
        }
        var ended = counted().setState(end);
        switch (end) {
            case COMPLETED -> ended.setCompletedAt(now());
            case EXPIRED -> ended.setExpiredAt(now());
            case CANCELLED -> ended.setCancelledAt(now());
            default -> throw new IllegalArgumentException("Not an end: " + end);
        }
        var made = new ArrayList<StoredFile>();
        file(answers.completed(), false, "output").ifPresent(file -> {
            made.add(file);
            ended.setOutputFileId(file.getId());
        });
        file(answers.failed(), true, "errors").ifPresent(file -> {
            made.add(file);
            ended.setErrorFileId(file.getId());
        });
        end(ended, made);
    }

    private Optional<StoredFile> file(int count, boolean errors, String kind) {
        if (count == 0) {
            return Optional.empty();
        }
        var parts = means.files().parts(StoredFiles.BATCH_OUTPUT);
        try (parts) {
            answers.write(errors, parts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var until = batch.getOutputSeconds() > 0
                ? batch.getCreatedAt().plusSeconds(batch.getOutputSeconds())
                : Instant.now().plus(KEPT);
        return Optional.of(StoredFiles.file(
                batch.getTenant(),
                StoredFiles.BATCH_OUTPUT,
                batch.getId() + "_" + kind + ".jsonl",
                parts,
                Optional.of(until)));
    }

    /** Nothing is written over an end that somebody else has written meanwhile. */
    private void end(Batch.Builder ended, List<StoredFile> made) {
        if (!stopped && stands()) {
            writer.write(ended.setInputParts(List.of()).build(), made);
            means.topic().awaitEnd(batch.getId());
        }
    }

    private void write(Batch changed) {
        if (!stopped && stands()) {
            writer.write(changed, List.of());
            batch = changed;
        }
    }

    private boolean stands() {
        boolean stands = means.topic()
                .get(batch.getId())
                .filter(now -> !BatchTopic.ended(now))
                .isPresent();
        stopped |= !stands;
        return stands;
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}

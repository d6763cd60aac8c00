package io.unifluid.client;

import io.unifluid.schemas.Caption;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Question;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Vqa;
import io.unifluid.schemas.VqaOutput;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/**
 * What to ask for. Immutable: every method gives another one, so that one can be the pattern of many. Without
 * {@link #id} each submission gets an id of its own.
 *
 * @param <T> of its output
 */
public final class Request<T extends SpecificRecord> {
    private final Class<T> output;
    private final Optional<Picture> picture;
    private final Consumer<InferenceRequest.Builder> event;
    private final Optional<Duration> within;
    private final Optional<Duration> timeout;
    private final Map<String, String> headers;

    private Request(
            Class<T> output,
            Optional<Picture> picture,
            Consumer<InferenceRequest.Builder> event,
            Optional<Duration> within,
            Optional<Duration> timeout,
            Map<String, String> headers) {
        this.output = output;
        this.picture = picture;
        this.event = event;
        this.within = within;
        this.timeout = timeout;
        this.headers = Map.copyOf(headers);
    }

    /** The picture described in one sentence. */
    public static Request<CaptionOutput> caption(Picture picture) {
        return caption(picture, Caption.newBuilder().build());
    }

    public static Request<CaptionOutput> caption(Picture picture, Caption task) {
        return of(CaptionOutput.class, Optional.of(picture), task);
    }

    /** @param choices closed answers, each of which gets a calibrated score; none for a free answer */
    public static Request<VqaOutput> ask(Picture picture, String question, String... choices) {
        return ask(
                picture,
                List.of(Question.newBuilder()
                        .setText(question)
                        .setChoices(Stream.of(choices).toList())
                        .build()));
    }

    /** The picture is encoded once for all of them. */
    public static Request<VqaOutput> ask(Picture picture, List<Question> questions) {
        return of(
                VqaOutput.class,
                Optional.of(picture),
                Vqa.newBuilder().setQuestions(List.copyOf(questions)).build());
    }

    /** One picture from text. */
    public static Request<ImagesOutput> generate(String prompt) {
        return generate(Generate.newBuilder().setPrompt(prompt).build());
    }

    public static Request<ImagesOutput> generate(Generate task) {
        return of(ImagesOutput.class, Optional.empty(), task);
    }

    /** The picture changed as told. */
    public static Request<ImagesOutput> edit(Picture picture, String instruction) {
        return edit(picture, Edit.newBuilder().setInstruction(instruction).build());
    }

    public static Request<ImagesOutput> edit(Picture picture, Edit task) {
        return of(ImagesOutput.class, Optional.of(picture), task);
    }

    /** One whose event is complete, with its id, tenant and picture. */
    public static <T extends SpecificRecord> Request<T> of(InferenceRequest event, Class<T> output) {
        return new Request<>(
                output,
                Optional.ofNullable(event.getImage()).map(Picture::of),
                builder -> builder.setRequestId(event.getRequestId())
                        .setTenant(event.getTenant())
                        .setTask(event.getTask())
                        .setModel(event.getModel())
                        .setPriority(event.getPriority())
                        .setSubmittedAt(event.getSubmittedAt())
                        .setDeadline(event.getDeadline())
                        .setReplyTopic(event.getReplyTopic())
                        .setLabels(event.getLabels())
                        .setReuse(event.getReuse()),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    private static <T extends SpecificRecord> Request<T> of(Class<T> output, Optional<Picture> picture, Object task) {
        Objects.requireNonNull(task, "task");
        return new Request<>(
                output,
                picture,
                event -> event.setTask(task).setPriority(Priority.INTERACTIVE),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /**
     * The idempotency key, unique per logical request: the first request with an id counts, and whoever sends one again
     * after a restart takes its result up with {@link UniFluidClient#resume}.
     */
    public Request<T> id(String id) {
        Objects.requireNonNull(id, "id");
        return with(event -> event.setRequestId(id));
    }

    /** In place of the client's own. */
    public Request<T> tenant(String tenant) {
        Objects.requireNonNull(tenant, "tenant");
        return with(event -> event.setTenant(tenant));
    }

    /** A name or {@code name@version}; without it, what the workers run. */
    public Request<T> model(String model) {
        return with(event -> event.setModel(model));
    }

    /** Nobody waits for it: what is not bulk overtakes it. */
    public Request<T> bulk() {
        return with(event -> event.setPriority(Priority.BULK));
    }

    /** After this instant the result is worthless, and the request ends as EXPIRED. */
    public Request<T> deadline(Instant deadline) {
        return with(event -> event.setDeadline(deadline.truncatedTo(ChronoUnit.MILLIS)));
    }

    /** The deadline, from the submission on. */
    public Request<T> within(Duration time) {
        return new Request<>(output, picture, event, Optional.of(time), timeout, headers);
    }

    /**
     * How long the client waits for the result, in place of its own setting; then the handle ends with
     * {@link UnansweredException}. The request itself goes on unless it has a deadline.
     */
    public Request<T> timeout(Duration time) {
        return new Request<>(output, picture, event, within, Optional.of(time), headers);
    }

    /** Carried through to the result. */
    public Request<T> labels(Map<String, String> labels) {
        var copy = Map.copyOf(labels);
        return with(event -> event.setLabels(copy));
    }

    /** False to have it computed although the same was, or is being, computed. */
    public Request<T> reuse(boolean reuse) {
        return with(event -> event.setReuse(reuse));
    }

    /** W3C trace context, which goes from the request to its result. */
    public Request<T> traceparent(String traceparent) {
        return header(RecordHeaders.TRACEPARENT, traceparent);
    }

    /** A header of the record, such as those of CloudEvents. */
    public Request<T> header(String name, String value) {
        var more = new HashMap<>(headers);
        more.put(name, value);
        return new Request<>(output, picture, event, within, timeout, more);
    }

    private Request<T> with(Consumer<InferenceRequest.Builder> more) {
        return new Request<>(output, picture, event.andThen(more), within, timeout, headers);
    }

    Class<T> output() {
        return output;
    }

    /** What it is about, where it is about a picture. */
    public Optional<Picture> picture() {
        return picture;
    }

    Optional<Duration> timeout() {
        return timeout;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** The event, but for its picture. */
    InferenceRequest.Builder event(String tenant, Optional<String> replyTopic, Instant now) {
        var builder = InferenceRequest.newBuilder()
                .setTenant(tenant)
                .setReplyTopic(replyTopic.orElse(null))
                .setSubmittedAt(now.truncatedTo(ChronoUnit.MILLIS))
                .setDeadline(within.map(now::plus)
                        .map(at -> at.truncatedTo(ChronoUnit.MILLIS))
                        .orElse(null));
        event.accept(builder);
        return builder.hasRequestId()
                ? builder
                : builder.setRequestId(UUID.randomUUID().toString());
    }

    /** The event as it is sent. */
    static InferenceRequest complete(InferenceRequest.Builder event, Optional<ImageRef> image) {
        return event.setImage(image.orElse(null)).build();
    }
}

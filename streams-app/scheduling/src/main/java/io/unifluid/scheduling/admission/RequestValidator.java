package io.unifluid.scheduling.admission;

import io.unifluid.scheduling.task.RequestFacts;
import io.unifluid.scheduling.task.TaskKind;
import java.util.Map;
import java.util.Optional;

/**
 * Judges a request before anything is spent on it. Each refusal names the field, the value given and the limit, and
 * says what to do. What only the picture's bytes can tell is left to the worker.
 */
public final class RequestValidator {
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._/@-]*";

    private final ValidationLimits limits;
    private final TaskRules tasks;
    private final PictureRules pictures;

    public RequestValidator(ValidationLimits limits) {
        this.limits = limits;
        this.tasks = new TaskRules(limits);
        this.pictures = new PictureRules(limits);
    }

    /** The first thing that is wrong, or empty when nothing is. Deadlines are the lifecycle's. */
    public Optional<Rejection> validate(RequestFacts facts) {
        return id(facts.requestId())
                .or(() -> tenant(facts.tenant()))
                .or(() -> facts.model().flatMap(this::model))
                .or(() -> facts.task().isEmpty() ? unknownTask() : Optional.empty())
                .or(() -> pictures.check(facts.task().orElseThrow(), facts.picture()))
                .or(() -> tasks.check(facts.task().orElseThrow()))
                .or(() -> facts.replyTopic().flatMap(this::replyTopic))
                .or(() -> labels(facts.labels()));
    }

    private Optional<Rejection> id(String id) {
        return id.length() <= limits.maxIdChars()
                ? Optional.empty()
                : Rejections.tooLong(RejectKind.BAD_REQUEST_ID, "requestId", id.length(), limits.maxIdChars());
    }

    private Optional<Rejection> tenant(String tenant) {
        if (tenant.length() > limits.maxIdChars()) {
            return Rejections.tooLong(RejectKind.BAD_TENANT, "tenant", tenant.length(), limits.maxIdChars());
        }
        return Rejections.empty(RejectKind.BAD_TENANT, "tenant", tenant, "name one, or leave the field out")
                .or(() -> Rejections.unseen(RejectKind.BAD_TENANT, "tenant", Words.unseenIn(tenant)));
    }

    private Optional<Rejection> model(String model) {
        if (model.length() > limits.maxIdChars()) {
            return Rejections.tooLong(RejectKind.BAD_MODEL, "model", model.length(), limits.maxIdChars());
        }
        return model.matches(NAME)
                ? Optional.empty()
                : Rejections.because(
                        RejectKind.BAD_MODEL,
                        "The model '" + Rejections.shown(model)
                                + "' is not a model name: use letters, digits and . _ / - @ or leave the field out.");
    }

    private static Optional<Rejection> unknownTask() {
        int last = TaskKind.NAMES.size() - 1;
        var tasks = String.join(", ", TaskKind.NAMES.subList(0, last)) + " or " + TaskKind.NAMES.get(last);
        return Rejections.because(
                RejectKind.UNKNOWN_TASK, "The request has no task that this version knows: send " + tasks + ".");
    }

    private Optional<Rejection> replyTopic(String topic) {
        if (limits.replyTopics().contains(topic)) {
            return Optional.empty();
        }
        String allowed = limits.replyTopics().isEmpty()
                ? "none is allowed here"
                : "the allowed ones are "
                        + String.join(
                                ", ", limits.replyTopics().stream().sorted().toList());
        return Rejections.because(
                RejectKind.REPLY_TOPIC_NOT_ALLOWED,
                "The replyTopic '" + Rejections.shown(topic) + "' is not allowed; " + allowed
                        + ": leave the field out, or have the operator list the topic.");
    }

    private Optional<Rejection> labels(Map<String, String> labels) {
        if (labels.size() > limits.maxLabels()) {
            return Rejections.because(
                    RejectKind.TOO_MANY_LABELS,
                    "The request has " + labels.size() + " labels; the limit is " + limits.maxLabels()
                            + ": send fewer.");
        }
        return labels.entrySet().stream()
                .filter(label -> label.getKey().length() + label.getValue().length() > limits.maxLabelChars())
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst()
                .flatMap(name -> Rejections.tooLong(
                        RejectKind.TOO_MANY_LABELS,
                        "label '" + Rejections.shown(name) + "'",
                        name.length() + labels.get(name).length(),
                        limits.maxLabelChars()))
                .or(() -> labels.keySet().stream()
                        .sorted()
                        .flatMap(name -> labelName(name).stream())
                        .findFirst());
    }

    private static Optional<Rejection> labelName(String name) {
        return Rejections.empty(RejectKind.BAD_LABEL, "name of a label", name, "give it one")
                .or(() -> Rejections.unseen(
                        RejectKind.BAD_LABEL, "label '" + Rejections.shown(name) + "'", Words.unseenIn(name)));
    }
}

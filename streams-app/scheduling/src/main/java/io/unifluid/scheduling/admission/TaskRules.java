package io.unifluid.scheduling.admission;

import io.unifluid.scheduling.task.Parameter;
import io.unifluid.scheduling.task.Task;
import io.unifluid.scheduling.task.TaskKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** How much of everything a task may ask for. */
final class TaskRules {
    private final ValidationLimits limits;

    TaskRules(ValidationLimits limits) {
        this.limits = limits;
    }

    Optional<Rejection> check(Task task) {
        return TaskKind.of(task).parameters().stream()
                .flatMap(parameter -> check(parameter).stream())
                .findFirst();
    }

    private Optional<Rejection> check(Parameter parameter) {
        return switch (parameter) {
            case Parameter.Prompt(String field, String text) -> text(field, text);
            case Parameter.Hint(Optional<String> hint) -> hint.flatMap(this::hint);
            case Parameter.TextTokens(int most) -> range("maxTokens", most, limits.maxTextTokens());
            case Parameter.Questions(List<Task.Question> questions) -> questions(questions);
            case Parameter.Count(int count) -> count(count);
            case Parameter.Size(int width, int height) -> size(width, height);
            case Parameter.Steps(int steps) -> range("steps", steps, limits.maxSteps());
            case Parameter.Guidance(OptionalDouble scale) -> guidance(scale);
            case Parameter.Seed _ -> Optional.empty();
        };
    }

    private Optional<Rejection> text(String field, String text) {
        return length(field, text)
                .or(() -> Rejections.empty(RejectKind.BAD_PROMPT, field, text, "say what the picture shall show"));
    }

    /** None at all is as good as none. */
    private Optional<Rejection> hint(String hint) {
        return length("hint", hint)
                .or(() -> hint.isEmpty()
                        ? Optional.empty()
                        : Rejections.empty(RejectKind.BAD_PROMPT, "hint", hint, "give one, or leave the field out"));
    }

    private Optional<Rejection> length(String field, String text) {
        return text.length() <= limits.maxPromptChars()
                ? Optional.empty()
                : Rejections.tooLong(RejectKind.BAD_PROMPT, field, text.length(), limits.maxPromptChars());
    }

    private Optional<Rejection> count(int count) {
        return count >= 1 && count <= limits.maxCount()
                ? Optional.empty()
                : Rejections.outOfRange("count", count, "from 1 to " + limits.maxCount());
    }

    /** A whole number that is 0 when it is left to the model. */
    private static Optional<Rejection> range(String field, int value, int most) {
        return value >= 0 && value <= most
                ? Optional.empty()
                : Rejections.outOfRange(field, value, "from 1 to " + most + ", or 0 for the model's default");
    }

    private Optional<Rejection> guidance(OptionalDouble guidance) {
        double value = guidance.orElse(1);
        return value >= 0 && value <= limits.maxGuidance()
                ? Optional.empty()
                : Rejections.outOfRange("guidance", value, "from 0 to " + limits.maxGuidance());
    }

    private Optional<Rejection> size(int width, int height) {
        if (width == 0 && height == 0) {
            return Optional.empty();
        }
        return side("width", width).or(() -> side("height", height));
    }

    private Optional<Rejection> side(String field, int pixels) {
        boolean fine = pixels >= limits.minSide() && pixels <= limits.maxSide() && pixels % limits.sideMultiple() == 0;
        return fine
                ? Optional.empty()
                : Rejections.outOfRange(
                        field,
                        pixels + " pixels",
                        "a multiple of " + limits.sideMultiple() + " from " + limits.minSide() + " to "
                                + limits.maxSide() + ", or width and height both 0 for the model's size");
    }

    private Optional<Rejection> questions(List<Task.Question> questions) {
        if (questions.isEmpty()) {
            return Rejections.because(RejectKind.BAD_QUESTIONS, "The task vqa has no questions: ask at least one.");
        }
        if (questions.size() > limits.maxQuestions()) {
            return Rejections.because(
                    RejectKind.BAD_QUESTIONS,
                    "The request has " + questions.size() + " questions; the limit is " + limits.maxQuestions()
                            + ": send the rest in another request.");
        }
        for (int i = 0; i < questions.size(); i++) {
            Optional<Rejection> wrong = question("question " + (i + 1), questions.get(i));
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private Optional<Rejection> question(String name, Task.Question question) {
        if (question.text().length() > limits.maxPromptChars()) {
            return Rejections.tooLong(
                    RejectKind.BAD_QUESTIONS, name, question.text().length(), limits.maxPromptChars());
        }
        return Rejections.empty(RejectKind.BAD_QUESTIONS, name, question.text(), "ask something")
                .or(() -> choices(name, question.choices()));
    }

    private Optional<Rejection> choices(String name, List<String> choices) {
        if (choices.size() == 1) {
            return Rejections.because(
                    RejectKind.BAD_CHOICES, "The " + name + " has one choice only: give at least two, or none.");
        }
        if (choices.size() > limits.maxChoices()) {
            return Rejections.because(
                    RejectKind.BAD_CHOICES,
                    "The " + name + " has " + choices.size() + " choices; the limit is " + limits.maxChoices()
                            + ": give fewer.");
        }
        Map<String, String> seen = new HashMap<>();
        for (String choice : choices) {
            if (choice.length() > limits.maxPromptChars()) {
                return Rejections.tooLong(
                        RejectKind.BAD_CHOICES,
                        "choice '" + Rejections.shown(choice) + "' of " + name,
                        choice.length(),
                        limits.maxPromptChars());
            }
            if (choice.isBlank()) {
                return Rejections.because(
                        RejectKind.BAD_CHOICES, "The " + name + " has a blank choice: leave it out or fill it in.");
            }
            Optional<Rejection> empty = Rejections.empty(
                    RejectKind.BAD_CHOICES,
                    "choice '" + Rejections.shown(choice) + "' of " + name,
                    choice,
                    "leave it out or fill it in");
            if (empty.isPresent()) {
                return empty;
            }
            String same = seen.putIfAbsent(Words.judged(choice), choice);
            if (choice.equals(same)) {
                return Rejections.because(
                        RejectKind.BAD_CHOICES,
                        "The " + name + " has the choice '" + Rejections.shown(choice) + "' twice: give each once.");
            }
            if (same != null) {
                return Rejections.because(
                        RejectKind.BAD_CHOICES,
                        "The " + name + " has the choices '" + Rejections.shown(same) + "' and '"
                                + Rejections.shown(choice)
                                + "', which differ in nothing that counts (case, blanks, unseen characters, accents"
                                + " written in another way): give each once.");
            }
        }
        return Optional.empty();
    }
}

package io.unifluid.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.client.Picture;
import io.unifluid.client.Request;
import io.unifluid.inference.families.Models;
import io.unifluid.moderation.evaluation.Evaluation;
import io.unifluid.moderation.evaluation.Evaluation.Estimate;
import io.unifluid.moderation.evaluation.Evaluation.Sample;
import io.unifluid.moderation.evaluation.EvaluationPage;
import io.unifluid.schemas.Question;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.VqaOutput;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how well the model's scores tell, on pictures whose truth is known. */
@Command(
        name = "evaluate",
        description = {
            "Measure how well the model's scores tell, on pictures whose truth is known.",
            "The truth has one JSON object a line: 'file', and 'questions' with 'question', 'choices', 'answer' and, if wanted,"
                    + " 'kind'. A question with the choices yes and no is measured by the score of yes; of others, each choice"
                    + " by its own."
        },
        mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
    private static final int AT_ONCE = 64;
    private static final int MOST_QUESTIONS = 64;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Screen screen = Screen.standard();

    @Mixin
    private StackOptions options;

    @Parameters(
            arity = "1..*",
            paramLabel = "DIR",
            description = "archives; the first is the one the model was made for")
    private List<Path> archives;

    @Option(
            names = "--truth",
            paramLabel = "FILE",
            description = "of each archive in turn (default: truth.jsonl in it)")
    private List<Path> truths = List.of();

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            defaultValue = "moderation",
            description = "questions of this kind alone; 'all' for every closed one (default: ${DEFAULT-VALUE})")
    private String kind;

    @Option(
            names = "--precision",
            paramLabel = "P",
            defaultValue = "0.95",
            description = "the precision for which a threshold is wanted (default: ${DEFAULT-VALUE})")
    private double precision;

    @Option(
            names = "--threshold",
            paramLabel = "T",
            defaultValue = "0.5",
            description = "at which precision, recall and F1 are given (default: ${DEFAULT-VALUE})")
    private double threshold;

    @Option(names = "--page", paramLabel = "FILE", description = "write the report as a page with curves")
    private Path page;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    /** What is so of one picture. */
    private record Truth(Path file, List<Asked> questions) {}

    private record Asked(String text, List<String> choices, String answer) {}

    @Override
    public Integer call() {
        if (!(precision > 0 && precision <= 1) || !(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("--precision and --threshold are shares: give them from 0 to 1.");
        }
        if (!truths.isEmpty() && truths.size() != archives.size()) {
            throw new IllegalArgumentException("Give --truth once for each archive, or not at all.");
        }
        var known = new LinkedHashMap<String, List<Truth>>();
        for (int i = 0; i < archives.size(); i++) {
            var truth = truths.isEmpty() ? archives.get(i).resolve("truth.jsonl") : truths.get(i);
            known.put(archives.get(i).toString(), read(archives.get(i), truth));
        }
        var measured = new LinkedHashMap<String, Map<String, Evaluation>>();
        var failed = new int[1];
        try (var session = Session.open(options, screen)) {
            known.forEach((name, pictures) -> measured.put(name, measured(session, pictures, failed)));
        }
        var card = Models.card(options.settings().model());
        var about = new EvaluationPage.About(
                card.name() + " " + card.version(),
                card.purpose().orElse("")
                        + " These numbers are about its own kind of pictures: do not use it to moderate photographs, or anything"
                        + " that people upload.",
                precision,
                threshold,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        if (page != null) {
            write(EvaluationPage.of(about, measured));
        }
        if (json) {
            json(about, measured, failed[0]);
        } else {
            measured.forEach(this::table);
        }
        if (failed[0] > 0) {
            screen.note(failed[0] + " pictures had no answer; they are left out.");
        }
        return failed[0] == 0 ? ExitCode.OK : ExitCode.SOME_FAILED;
    }

    private List<Truth> read(Path archive, Path truth) {
        var pictures = new ArrayList<Truth>();
        var lines = TextFile.read(truth, "name the truth with --truth").lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                pictures.add(truth(archive, truth + " line " + (i + 1), lines.get(i)));
            }
        }
        pictures.removeIf(picture -> picture.questions().isEmpty());
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("In " + truth + " there are no closed questions"
                    + (kind.equals("all") ? "" : " of the kind '" + kind + "'")
                    + ": give another --kind, or --kind all.");
        }
        return pictures;
    }

    private Truth truth(Path archive, String where, String line) {
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (IOException e) {
            throw new IllegalArgumentException(where + " is no JSON object.", e);
        }
        var questions = new ArrayList<Asked>();
        for (var question : node.path("questions")) {
            var choices = new ArrayList<String>();
            question.path("choices").forEach(choice -> choices.add(choice.asText()));
            if (choices.size() >= 2
                    && (kind.equals("all") || question.path("kind").asText().equals(kind))) {
                var asked = new Asked(
                        question.path("question").asText(),
                        choices,
                        question.path("answer").asText());
                if (asked.text().isBlank() || !choices.contains(asked.answer())) {
                    throw new IllegalArgumentException(
                            where + " has a question without a text, or whose answer is none of its choices.");
                }
                questions.add(asked);
            }
        }
        if (!node.path("file").isTextual() || questions.size() > MOST_QUESTIONS) {
            throw new IllegalArgumentException(
                    where + " must have a 'file' and at most " + MOST_QUESTIONS + " questions.");
        }
        return new Truth(archive.resolve(node.path("file").asText()), questions);
    }

    private Map<String, Evaluation> measured(Session session, List<Truth> pictures, int[] failed) {
        var samples = new TreeMap<String, List<Sample>>();
        var gate = new Semaphore(AT_ONCE);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var progress = new Progress(screen, pictures.size())) {
            var all = pictures.stream()
                    .map(picture -> CompletableFuture.supplyAsync(() -> asked(session, picture, gate), threads))
                    .toList();
            for (int i = 0; i < all.size(); i++) {
                var scores = all.get(i).join();
                failed[0] += scores.isEmpty() ? 1 : 0;
                progress.step(failed[0]);
                for (int j = 0; j < scores.size(); j++) {
                    add(samples, pictures.get(i).questions().get(j), scores.get(j));
                }
            }
        }
        var evaluations = new LinkedHashMap<String, Evaluation>();
        samples.forEach((question, some) -> evaluations.put(question, new Evaluation(some)));
        return evaluations;
    }

    private static void add(Map<String, List<Sample>> samples, Asked asked, List<Double> scores) {
        boolean yesOrNo = asked.choices().size() == 2 && asked.choices().contains("yes");
        for (int i = 0; i < scores.size(); i++) {
            var choice = asked.choices().get(i);
            if (!yesOrNo || choice.equals("yes")) {
                samples.computeIfAbsent(yesOrNo ? asked.text() : asked.text() + " " + choice, _ -> new ArrayList<>())
                        .add(new Sample(scores.get(i), choice.equals(asked.answer())));
            }
        }
    }

    /** Of each question the scores of its choices; none at all where the request did not succeed. */
    private List<List<Double>> asked(Session session, Truth picture, Semaphore gate) {
        gate.acquireUninterruptibly();
        try {
            var result = session.ask(request(picture));
            if (result.getStatus() != ResultStatus.SUCCEEDED || !(result.getOutput() instanceof VqaOutput output)) {
                return List.of();
            }
            return output.getAnswers().stream()
                    .map(answer -> answer.getScores().stream()
                            .map(score -> score.getScore())
                            .toList())
                    .toList();
        } finally {
            gate.release();
        }
    }

    private static Request<VqaOutput> request(Truth picture) {
        return Request.ask(
                Picture.of(picture.file()),
                picture.questions().stream()
                        .map(asked -> new Question(asked.text(), asked.choices()))
                        .toList());
    }

    private void table(String archive, Map<String, Evaluation> questions) {
        screen.result(archive);
        screen.result(String.format(
                Locale.ROOT,
                "  %-44s %9s %21s %21s %21s %10s",
                "question",
                "pictures",
                "precision at " + threshold,
                "recall at " + threshold,
                "calibration error",
                "recall at precision " + precision));
        questions.forEach((question, evaluation) -> {
            var at = evaluation.at(threshold);
            screen.result(String.format(
                    Locale.ROOT,
                    "  %-44s %9s %21s %21s %21s %10s",
                    question,
                    evaluation.positives() + "/" + evaluation.count(),
                    shown(at.precision()),
                    shown(at.recall()),
                    shown(evaluation.calibrationError()),
                    evaluation
                            .thresholdFor(precision)
                            .map(point ->
                                    String.format(Locale.ROOT, "%.3f from %.3f", point.recall(), point.threshold()))
                            .orElse("never")));
        });
    }

    private static String shown(Estimate estimate) {
        return Double.isNaN(estimate.value())
                ? "-"
                : String.format(Locale.ROOT, "%.3f (%.3f-%.3f)", estimate.value(), estimate.low(), estimate.high());
    }

    private void json(EvaluationPage.About about, Map<String, Map<String, Evaluation>> measured, int failed) {
        var node = JsonLines.object()
                .put("model", about.model())
                .put("purpose", about.purpose())
                .put("at", about.at())
                .put("threshold", threshold)
                .put("wishedPrecision", precision)
                .put("failed", failed);
        var all = node.putObject("archives");
        measured.forEach((name, questions) -> {
            var archive = all.putObject(name);
            questions.forEach((question, evaluation) -> {
                var one = archive.putObject(question);
                var at = evaluation.at(threshold);
                one.put("pictures", evaluation.count()).put("positives", evaluation.positives());
                put(one, "precision", at.precision());
                put(one, "recall", at.recall());
                put(one, "f1", at.f1());
                put(one, "calibrationError", evaluation.calibrationError());
                evaluation
                        .thresholdFor(precision)
                        .ifPresent(point -> one.putObject("forWishedPrecision")
                                .put("threshold", point.threshold())
                                .put("precision", point.precision())
                                .put("recall", point.recall()));
            });
        });
        screen.json(node);
    }

    private static void put(ObjectNode node, String name, Estimate estimate) {
        if (!Double.isNaN(estimate.value())) {
            node.putObject(name)
                    .put("value", estimate.value())
                    .put("low", estimate.low())
                    .put("high", estimate.high());
        }
    }

    private void write(String html) {
        try {
            Files.writeString(page, html);
        } catch (IOException e) {
            throw new EnvironmentProblem(
                    "The page " + page + " cannot be written: name a file in a folder that is there.", e);
        }
    }
}

package io.unifluid.local;

import io.unifluid.local.client.RequestFactory;
import io.unifluid.schemas.Answer;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.VqaOutput;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks questions about one picture. */
@Command(name = "ask", description = "Answer questions about a picture.", mixinStandardHelpOptions = true)
final class AskCommand implements Callable<Integer> {
    @Mixin
    private StackOptions options;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "the picture")
    private Path image;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "QUESTION",
            description = "one or more questions, each in quotes")
    private List<String> questions;

    @Option(
            names = "--choices",
            split = ",",
            paramLabel = "A,B",
            description = "closed answers of every question; each gets a calibrated score")
    private List<String> choices = List.of();

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        SinglePicture.require(image);
        try (var session = Session.open(options, System.err)) {
            var asked = choices.stream().map(String::strip).toList();
            var result = session.ask(RequestFactory.ask(session.pictures().read(image), questions, asked));
            if (Failures.report(result, json)) {
                return ExitCode.SOME_FAILED;
            }
            var answers = ((VqaOutput) result.getOutput()).getAnswers();
            if (json) {
                System.out.println(json(result, answers));
            } else {
                answers.forEach(answer -> System.out.println(text(answer)));
            }
            return ExitCode.OK;
        }
    }

    private static String text(Answer answer) {
        var scores = answer.getScores().stream()
                .map(score -> String.format(Locale.ROOT, "%s %.3f", score.getChoice(), score.getScore()))
                .collect(Collectors.joining(", "));
        return answer.getQuestion() + "\t" + answer.getText()
                + (scores.isEmpty()
                        ? String.format(Locale.ROOT, "\tp %.3f", Math.exp(answer.getLogProbability()))
                        : "\t" + scores);
    }

    private String json(InferenceResult result, List<Answer> answers) {
        var node = JsonLines.object().put("file", image.toString()).put("status", "SUCCEEDED");
        var array = node.putArray("answers");
        for (var answer : answers) {
            var one = array.addObject()
                    .put("question", answer.getQuestion())
                    .put("answer", answer.getText())
                    .put("logProbability", answer.getLogProbability());
            var scores = one.putObject("scores");
            answer.getScores().forEach(score -> scores.put(score.getChoice(), score.getScore()));
        }
        JsonLines.about(node, result);
        return JsonLines.line(node);
    }
}

package io.unifluid.cli;

import io.unifluid.client.Answered;
import io.unifluid.client.Request;
import io.unifluid.client.Summary;
import io.unifluid.schemas.Answer;
import io.unifluid.schemas.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks questions about pictures. */
@Command(
        name = "ask",
        description = {
            "Answer questions about pictures: 'question<TAB>answer<TAB>score' each; with several pictures the file first.",
            "The first word is a picture. Each further word that names a picture which is there is one more; all others"
                    + " are questions, and each is asked about every picture. A word that looks like a picture's file"
                    + " name and is none is refused; --question takes any text."
        },
        mixinStandardHelpOptions = true)
final class AskCommand implements Callable<Integer> {
    private final Screen screen = Screen.standard();

    @Mixin
    private StackOptions options;

    @Parameters(
            arity = "1..*",
            paramLabel = "IMAGE.. QUESTION",
            description = "pictures, then questions, each question in quotes")
    private List<String> words;

    @Option(names = "--question", paramLabel = "TEXT", description = "a question, whatever it looks like")
    private List<String> questions = List.of();

    @Option(
            names = "--choices",
            split = ",",
            paramLabel = "A,B",
            description = "closed answers of every question; each gets a calibrated score")
    private List<String> choices = List.of();

    @Option(names = "--json", description = "print one JSON object per picture")
    private boolean json;

    @Override
    public Integer call() {
        var asked = PicturesAndQuestions.of(words, questions);
        var closed = choices.stream().map(String::strip).toList();
        var questions = asked.questions().stream()
                .map(text ->
                        Question.newBuilder().setText(text).setChoices(closed).build())
                .toList();
        var summary = new Summary("answered", asked.pictures().size());
        try (var session = Session.open(options, screen)) {
            try {
                session.run(picture -> Request.ask(picture, questions)).run(asked.pictures(), done -> {
                    summary.add(done);
                    show(done, asked.pictures().size() > 1);
                });
            } finally {
                summary.missing().forEach(screen::note);
                summary.warning().ifPresent(screen::note);
            }
        }
        return summary.complete() ? ExitCode.OK : ExitCode.SOME_FAILED;
    }

    private void show(Answered done, boolean withFile) {
        if (json) {
            screen.json(JsonLines.of(done));
            return;
        }
        done.answers()
                .ifPresent(output -> output.getAnswers().forEach(answer -> {
                    var columns = new ArrayList<String>();
                    if (withFile) {
                        columns.add(done.file().toString());
                    }
                    columns.add(answer.getQuestion());
                    columns.add(answer.getText());
                    columns.add(score(answer));
                    screen.results(columns.toArray(String[]::new));
                }));
    }

    private static String score(Answer answer) {
        return answer.getScores().isEmpty()
                ? String.format(Locale.ROOT, "p %.3f", Math.exp(answer.getLogProbability()))
                : answer.getScores().stream()
                        .map(score -> String.format(Locale.ROOT, "%s %.3f", score.getChoice(), score.getScore()))
                        .collect(Collectors.joining(", "));
    }
}

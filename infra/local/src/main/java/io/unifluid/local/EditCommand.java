package io.unifluid.local;

import io.unifluid.local.client.RequestFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes one picture as told. */
@Command(
        name = "edit",
        description = "Change a picture as told and write the new one as a PNG file.",
        mixinStandardHelpOptions = true)
final class EditCommand implements Callable<Integer> {
    @Mixin
    private StackOptions options;

    @Mixin
    private DrawOptions draw;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "the picture")
    private Path image;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "INSTRUCTION", description = "what to change")
    private List<String> instruction;

    @Option(names = "--out", paramLabel = "FILE|DIR", description = "where to (default: <name>-edited-<seed>.png here)")
    private Path out;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        SinglePicture.require(image);
        var name = image.getFileName().toString().replaceFirst("\\.[^.]+$", "");
        var files = new PngFiles(out, name + "-edited");
        files.requireWritable();
        try (var session = Session.open(options, System.err)) {
            var result = session.ask(RequestFactory.edit(
                    session.pictures().read(image),
                    String.join(" ", instruction),
                    draw.seed(),
                    draw.steps(),
                    draw.guidance()));
            if (Failures.report(result, json)) {
                return ExitCode.SOME_FAILED;
            }
            files.write(result, session.pictures(), json);
            return ExitCode.OK;
        }
    }
}

package io.unifluid.cli;

import io.unifluid.client.Answered;
import io.unifluid.client.Picture;
import io.unifluid.client.Request;
import io.unifluid.schemas.Edit;
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

    @Mixin
    private PngOptions png;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "the picture")
    private String image;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "INSTRUCTION", description = "what to change")
    private List<String> instruction;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        var picture = SinglePicture.require(image);
        var name = picture.getFileName().toString().replaceFirst("\\.[^.]+$", "");
        var files = png.files(name + "-edited", 1);
        var screen = Screen.standard();
        try (var session = Session.open(options, screen)) {
            var result = session.ask(Request.edit(
                    Picture.of(picture),
                    Edit.newBuilder()
                            .setInstruction(String.join(" ", instruction))
                            .setSeed(draw.seed().orElse(null))
                            .setSteps(draw.steps())
                            .setGuidance(draw.guidance().orElse(null))
                            .build()));
            if (Failures.report(screen, result, json)) {
                return ExitCode.SOME_FAILED;
            }
            if (Answered.outsideDomain(result)) {
                screen.note(
                        "warning    " + image
                                + " is unlike the pictures that the model was trained on, so do not rely on what it makes of it.");
            }
            files.write(result, session::bytes, screen, json);
            return ExitCode.OK;
        }
    }
}

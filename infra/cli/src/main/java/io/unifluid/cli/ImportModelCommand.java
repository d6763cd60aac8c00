package io.unifluid.cli;

import io.unifluid.inference.hub.DtypeChoice;
import io.unifluid.inference.library.ImportWishes;
import io.unifluid.inference.library.ModelImport;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a model into the library. */
@Command(
        name = "import",
        description = {
            "Take a model from a folder: a bundle, or one as it comes from a public hub in the layout of transformers.js"
                    + " (config.json, onnx/*.onnx, tokenizer and processor configs).",
            "Its files are copied, checked and tried once; nothing is fetched."
        },
        mixinStandardHelpOptions = true)
final class ImportModelCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FOLDER", description = "with the model's files")
    private Path folder;

    @Option(names = "--as", paramLabel = "NAME", description = "how it is called here (default: as its folder)")
    private String name;

    @Option(
            names = "--licence",
            paramLabel = "ID",
            description = "its licence by SPDX identifier, where the folder does not state one")
    private String licence;

    @Option(
            names = "--dtype",
            paramLabel = "DTYPE[,GRAPH=DTYPE..]",
            description = "which of several files of a graph: fp32, fp16, int8, uint8, quantized, q4, q4f16, bnb4"
                    + " (default: fp32 if it is there)")
    private String dtype;

    @Option(names = "--purpose", paramLabel = "SENTENCE", description = "what it is for, shown to its users")
    private String purpose;

    @Override
    public Integer call() throws InterruptedException {
        var screen = Screen.standard();
        var imported = new ModelImport(StackOptions.library())
                .take(
                        folder,
                        new ImportWishes(
                                Optional.ofNullable(name),
                                Optional.ofNullable(licence),
                                Optional.ofNullable(purpose),
                                dtype == null ? DtypeChoice.ANY : DtypeChoice.parse(dtype)));
        ModelLines.text(imported.name(), imported.folder()).forEach(screen::result);
        imported.seen().forEach(line -> screen.note("self-test  " + line));
        screen.note("It runs with './unifluid up --model " + imported.name() + "'; './unifluid model use "
                + imported.name() + "' makes it the one that runs where none is named.");
        return ExitCode.OK;
    }
}

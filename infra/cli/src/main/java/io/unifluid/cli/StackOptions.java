package io.unifluid.cli;

import io.unifluid.inference.library.ModelLibrary;
import io.unifluid.stack.StackSettings;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What every command that needs a stack takes. */
final class StackOptions {
    @Option(
            names = "--model",
            paramLabel = "BUNDLE",
            description =
                    "a model by its name ('model list' shows them), a bundle folder, or 'noop' for a model that answers"
                            + " without looking (default: UNIFLUID_MODEL, else the one chosen by 'model use', else the project's own)")
    private String model;

    Optional<String> model() {
        return Optional.ofNullable(model);
    }

    StackSettings settings() {
        return StackSettings.from(checkout(), System.getenv(), model());
    }

    /** The models of this machine. */
    static ModelLibrary library() {
        return StackSettings.library(checkout(), System.getenv());
    }

    /** The script says where the checkout is. */
    static Path checkout() {
        return Path.of(System.getProperty("unifluid.checkout", ""))
                .toAbsolutePath()
                .normalize();
    }
}

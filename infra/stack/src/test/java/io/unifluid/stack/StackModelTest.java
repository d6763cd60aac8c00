package io.unifluid.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.inference.library.ImportWishes;
import io.unifluid.inference.library.ModelImport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which model a stack runs: the one that is named, else the variable's, else the chosen one, else the project's own. */
class StackModelTest {
    private static final Path CHECKOUT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path COLOURS = CHECKOUT.resolve("gpu-worker/inference/src/test/resources/tiny-classifier");

    @TempDir
    Path home;

    private String model(String given, String variable) {
        return StackSettings.from(
                        CHECKOUT,
                        Map.of("UNIFLUID_HOME", home.toString(), "UNIFLUID_MODEL", variable),
                        Optional.ofNullable(given))
                .model();
    }

    @Test
    void takesNamesAndFoldersInTheOrderThatTheHelpSays() throws Exception {
        var library = StackSettings.library(CHECKOUT, Map.of("UNIFLUID_HOME", home.toString()));
        var shipped = CHECKOUT.resolve("gpu-worker/reference-model/bundle").toString();
        assertThat(model(null, "")).isEqualTo(shipped);

        var imported = new ModelImport(library)
                .take(COLOURS, ImportWishes.NONE)
                .folder()
                .toString();
        assertThat(imported).isEqualTo(home.resolve("models/tiny-classifier").toString());
        assertThat(model(null, "")).isEqualTo(shipped);
        library.use("tiny-classifier");
        assertThat(model(null, "")).isEqualTo(imported);
        assertThat(model(null, "unifluid-reference")).isEqualTo(shipped);
        assertThat(model("noop", "unifluid-reference")).isEqualTo("noop");
        assertThat(model("tiny-classifier", "noop")).isEqualTo(imported);
        assertThat(model(COLOURS.toString(), "noop")).isEqualTo(COLOURS.toString());
        assertThat(model("./tiny-classifier", "noop"))
                .endsWith("tiny-classifier")
                .isNotEqualTo(imported);
    }

    @Test
    void aChosenModelThatIsGoneIsNamedAndNotReplacedSilently() throws Exception {
        var library = StackSettings.library(CHECKOUT, Map.of("UNIFLUID_HOME", home.toString()));
        Files.createDirectories(library.folder().resolve("colours"));
        library.use("colours");
        Files.delete(library.folder().resolve("colours"));

        assertThat(model(null, ""))
                .isEqualTo(library.folder().resolve("colours").toString());
    }
}

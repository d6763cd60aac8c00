package io.unifluid.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unifluid.testkit.SampleArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console in a browser, on the whole path. */
final class ConsoleIT {
    @TempDir
    static Path scratch;

    @Test
    void isUsedByAPersonWithABrowser() throws Exception {
        var chromium = chromium();
        assumeTrue(chromium.isPresent(), "SKIPPED: there is no Chromium here (Debian's package chromium).");
        assumeTrue(installed(), "SKIPPED: node and npm with playwright-core cannot be had here.");
        var pictures = Files.createDirectories(Path.of("target/console"));
        var scene =
                Files.write(scratch.resolve("scene.png"), SampleArchive.scene(0).bytes());
        try (var path = Gateways.start(scratch, Map.of())) {
            assertThat(said(List.of(
                            "node",
                            "look.mjs",
                            chromium.get().toString(),
                            path.gateway.address().toString(),
                            path.acme,
                            scene.toString(),
                            pictures.toAbsolutePath().toString())))
                    .contains("all seen")
                    .doesNotContain("FAULT");
        }
    }

    private static Optional<Path> chromium() {
        return Stream.of(System.getenv("PATH").split(":"))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static boolean installed() throws IOException, InterruptedException {
        for (var file : List.of("package.json", "look.mjs")) {
            try (var in = ConsoleIT.class.getResourceAsStream("/console/" + file)) {
                Files.copy(in, scratch.resolve(file));
            }
        }
        try {
            said(List.of("npm", "install", "--silent", "--no-audit", "--no-fund"));
        } catch (IOException e) {
            return false;
        }
        return Files.isDirectory(scratch.resolve("node_modules/playwright-core"));
    }

    private static String said(List<String> command) throws IOException, InterruptedException {
        var log = scratch.resolve("said.log").toFile();
        var process = new ProcessBuilder(command)
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return Files.readString(log.toPath());
    }
}

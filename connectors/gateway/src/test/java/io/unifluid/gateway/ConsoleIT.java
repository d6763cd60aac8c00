package io.unifluid.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unifluid.moderation.ModerationRunner;
import io.unifluid.moderation.config.ModerationContext;
import io.unifluid.moderation.file.PolicyFile;
import io.unifluid.moderation.operations.PolicyTopic;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.NodeProgram;
import io.unifluid.testkit.SampleArchive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console in a browser, on the whole path. */
final class ConsoleIT {
    /** The model that computes nothing gives each of two choices 0.5, so that people must look. */
    private static final String POLICY = """
            policy: weapons
            questions:
              - name: weapon
                ask: is there a <b>weapon</b> in the image?
                choices: [yes, no]
                bands: [{choice: yes, review: 0.4, labels: [gun]}]
            """;

    @TempDir
    static Path scratch;

    @Test
    void isUsedByAPersonWithABrowser() throws Exception {
        var chromium = chromium();
        assumeTrue(chromium.isPresent(), "SKIPPED: there is no Chromium here (Debian's package chromium).");
        for (var file : List.of("package.json", "look.mjs")) {
            try (var in = ConsoleIT.class.getResourceAsStream("/console/" + file)) {
                Files.copy(in, scratch.resolve(file));
            }
        }
        var node = new NodeProgram(scratch);
        assumeTrue(
                node.installed("playwright-core", ""),
                "SKIPPED: node and npm with playwright-core cannot be had here.");
        var pictures = Files.createDirectories(Path.of("target/console"));
        var scene =
                Files.write(scratch.resolve("scene.png"), SampleArchive.scene(0).bytes());
        try (var path = Gateways.start(scratch, Map.of());
                var moderation = new ModerationRunner(ModerationContext.settings(Map.of(
                        "bootstrap-servers", path.broker.bootstrapServers(),
                        "registry-url", path.registry.url(),
                        "state-dir", scratch.resolve("moderation").toString())))) {
            PolicyTopic.read(path.cluster()).apply(PolicyFile.read("test", POLICY, "acme"), "tester");
            moderation.start();
            assertThat(moderation.awaitReady(Await.PATIENCE)).isTrue();
            assertThat(node.said(
                            "look.mjs",
                            chromium.get().toString(),
                            path.gateway.address().toString(),
                            path.acme,
                            scene.toString(),
                            pictures.toAbsolutePath().toString()))
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
}

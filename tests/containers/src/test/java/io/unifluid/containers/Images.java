package io.unifluid.containers;

import io.unifluid.testkit.SampleArchive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/** The images under test, built from this checkout's jars; {@code infra/images/build} does nothing for current ones. */
final class Images {
    static final DockerImageName KAFKA = DockerImageName.parse("apache/kafka:4.3.1");
    static final DockerImageName REGISTRY = DockerImageName.parse("unifluid/registry:3.3.3");
    static final DockerImageName STREAMS = DockerImageName.parse("unifluid/streams-app:latest");
    static final DockerImageName WORKER = DockerImageName.parse("unifluid/gpu-worker:latest");

    private Images() {}

    /** Whether Maven has not yet put together what they are built from, in one sentence. */
    static Optional<String> lacking() {
        return Stream.of("kafka", "streams-app", "gpu-worker")
                        .allMatch(
                                name -> Files.isDirectory(folder().resolve(name).resolve("target/context")))
                ? Optional.empty()
                : Optional.of("The images' jars have not been put together, so nothing is tested in containers; run"
                        + " './mvnw -pl tests/containers -am verify'.");
    }

    static void makeCurrent() throws IOException, InterruptedException {
        var build = new ProcessBuilder(folder().resolve("build").toString(), "--local", "--no-maven")
                .redirectErrorStream(true);
        build.environment()
                .put("JAVA_HOME", Path.of(System.getProperty("java.home")).toString());
        build.environment()
                .put(
                        "DOCKER_HOST",
                        DockerClientFactory.instance()
                                .getTransportConfig()
                                .getDockerHost()
                                .toString());
        var process = build.start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("infra/images/build failed:\n" + said);
        }
        System.out.print(said);
    }

    private static Path folder() {
        return SampleArchive.folder().resolveSibling("images");
    }
}

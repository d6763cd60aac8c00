package io.unifluid.containers;

import java.util.Optional;
import org.testcontainers.DockerClientFactory;

/** Whether containers can be run here, and whether they must. */
final class Engine {
    /** Set to {@code required} where a missing engine is a failure and not a reason to skip. */
    private static final String VARIABLE = "UNIFLUID_CONTAINERS";

    private Engine() {}

    static boolean isRequired() {
        return "required".equals(System.getenv(VARIABLE));
    }

    /** What keeps containers from being run, in one sentence. */
    static Optional<String> lacking() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return Optional.of("No container engine answers, so nothing is tested in containers; start Docker, set"
                    + " DOCKER_HOST, or, as root, use tests/containers/with-engine.");
        }
        return Images.lacking();
    }
}

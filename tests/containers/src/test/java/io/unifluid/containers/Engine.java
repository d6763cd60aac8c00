package io.unifluid.containers;

import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;

/** Whether containers can be run here, and whether they must. */
final class Engine {
    /** Set to {@code required} where a missing engine is a failure and not a reason to skip. */
    static final String VARIABLE = "UNIFLUID_CONTAINERS";

    private Engine() {}

    static boolean isRequired() {
        return "required".equals(System.getenv(VARIABLE));
    }

    /** Ends the tests that ask: with a failure if containers are required, else as skipped, with one sentence. */
    static void require() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            give("No container engine answers, so nothing was tested in containers; start Docker, set DOCKER_HOST,"
                    + " or, as root, use tests/containers/with-engine.");
        }
    }

    static void give(String why) {
        if (isRequired()) {
            throw new IllegalStateException(why + " (" + VARIABLE + "=required)");
        }
        System.out.println("SKIPPED: " + why);
        Assumptions.abort(why);
    }
}

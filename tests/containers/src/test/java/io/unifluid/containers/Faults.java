package io.unifluid.containers;

import com.github.dockerjava.api.DockerClient;
import java.time.Duration;
import org.testcontainers.containers.GenericContainer;

/** What can befall a container, done by the engine. */
final class Faults {
    private final DockerClient engine;
    private final String network;

    public Faults(DockerClient engine, String network) {
        this.engine = engine;
        this.network = network;
    }

    /** SIGKILL; the container and what it wrote stay. */
    void kill(GenericContainer<?> container) {
        engine.killContainerCmd(container.getContainerId()).exec();
    }

    /** Starts the killed container again, with the same disk and the same name. */
    void startAgain(GenericContainer<?> container) {
        engine.startContainerCmd(container.getContainerId()).exec();
    }

    /** All processes stand still for that long; their connections stay open and silent. */
    void freeze(GenericContainer<?> container, Duration time) throws InterruptedException {
        engine.pauseContainerCmd(container.getContainerId()).exec();
        try {
            Thread.sleep(time);
        } finally {
            engine.unpauseContainerCmd(container.getContainerId()).exec();
        }
    }

    /** The container loses its only network for that long, and may have another address afterwards. */
    void cutOff(GenericContainer<?> container, Duration time) throws InterruptedException {
        engine.disconnectFromNetworkCmd()
                .withContainerId(container.getContainerId())
                .withNetworkId(network)
                .withForce(true)
                .exec();
        try {
            Thread.sleep(time);
        } finally {
            engine.connectToNetworkCmd()
                    .withContainerId(container.getContainerId())
                    .withNetworkId(network)
                    .exec();
        }
    }
}

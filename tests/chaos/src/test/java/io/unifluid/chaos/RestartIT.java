package io.unifluid.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.client.Request;
import io.unifluid.client.UniFluidClient;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.stack.Component;
import io.unifluid.stack.LocalStack;
import io.unifluid.stack.Port;
import io.unifluid.stack.RegistryClient;
import io.unifluid.stack.StackLock;
import io.unifluid.stack.StackSettings;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.FreePorts;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.SampleArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every process of a local stack is killed in turn; the same stack answers afterwards, and nobody lends it a hand. What
 * it leaves on the disk is its owner's alone, and nobody beyond the machine can connect to it.
 */
final class RestartIT {
    /** Times are not judged here, so that a slow machine is only slow. */
    @TempDir
    Path folder;

    @Test
    void everyKilledProcessIsStartedAgain() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        var settings = settings();
        var news = new CopyOnWriteArrayList<String>();
        try (var stack = LocalStack.prepare(settings, news::add)) {
            stack.start();
            try (var client = UniFluidClient.connect(settings.bootstrapServers(), settings.registryUrl())) {
                assertCaptioned(client);
                for (var victim : settings.components()) {
                    long killed = pid(settings, victim);
                    long at = System.nanoTime();
                    assertThat(ProcessHandle.of(killed).orElseThrow().destroyForcibly())
                            .isTrue();
                    assertCaptioned(client);
                    double answered = (System.nanoTime() - at) / 1e9;
                    Await.until(
                            "another " + victim.title(),
                            () -> stack.failure().isDone() || pid(settings, victim) != killed);
                    double replaced = (System.nanoTime() - at) / 1e9;
                    System.out.printf(
                            Locale.ROOT,
                            "%s killed: a caption after %.1f s, replaced after %.1f s%n",
                            victim.title(),
                            answered,
                            replaced);
                    assertThat(stack.failure()).as("%s", news).isNotDone();
                }
                assertCaptioned(client);
                assertThat(RegistryClient.answers(settings.registryUrl())).isTrue();
            }
            for (var victim : settings.components()) {
                assertThat(news)
                        .anyMatch(line -> line.startsWith("The " + victim.title() + " was killed by SIGKILL"))
                        .anyMatch(line -> line.startsWith("the " + victim.title() + " serves again"));
                assertThat(SocketOwner.listensBeyondLoopback(pid(settings, victim)))
                        .as(victim.title())
                        .isEmpty();
            }
            assertThat(openToOthers(settings.data())).isEmpty();
        }
        assertThat(openToOthers(settings.data())).isEmpty();
    }

    private static List<String> openToOthers(Path data) throws IOException {
        try (var paths = Files.walk(data)) {
            return paths.filter(RestartIT::isOpenToOthers).map(Path::toString).toList();
        }
    }

    private static boolean isOpenToOthers(Path path) {
        try {
            return Files.getPosixFilePermissions(path).stream()
                    .anyMatch(permission -> !permission.name().startsWith("OWNER_"));
        } catch (NoSuchFileException e) {
            return false; // removed meanwhile
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertCaptioned(UniFluidClient client) throws Exception {
        var request = Requests.caption(
                        "restart-" + UUID.randomUUID(), SampleArchive.scene(0).bytes())
                .setReuse(false)
                .build();
        assertThat(client.submit(Request.of(request, CaptionOutput.class))
                        .result()
                        .get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .getStatus())
                .isEqualTo(ResultStatus.SUCCEEDED);
    }

    private static long pid(StackSettings settings, Component component) {
        return StackLock.running(settings.data()).orElseThrow().components().get(component);
    }

    private StackSettings settings() {
        int[] ports = FreePorts.take(Port.values().length);
        var environment = new HashMap<>(Map.of("UNIFLUID_HOME", folder.toString()));
        for (var port : Port.values()) {
            environment.put(port.setting(), Integer.toString(ports[port.ordinal()]));
        }
        Optional.ofNullable(System.getenv("UNIFLUID_REGISTRY_HOME"))
                .ifPresent(home -> environment.put("UNIFLUID_REGISTRY_HOME", home));
        // tests/testkit finds the archive upwards from the module's folder; the checkout is two folders above it.
        var checkout = SampleArchive.folder().getParent().getParent();
        return StackSettings.from(checkout, environment, Optional.of(StackSettings.NOOP))
                .withGateway();
    }
}

package io.unifluid.cli;

import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.stack.DetachedStack;
import io.unifluid.stack.LocalStack;
import io.unifluid.stack.StackLock;
import io.unifluid.stack.StackSettings;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the stack until it is told to stop. */
@Command(
        name = "up",
        description =
                "Run the broker, the registry, the topology, a worker and the gateway until Control-C or 'unifluid down'.",
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
    @Mixin
    private StackOptions options;

    @Option(names = "--detach", description = "return when it is ready and leave it running in the background")
    private boolean detach;

    @Option(names = "--no-gateway", description = "without the door for HTTP, which takes 200 MiB and some seconds")
    private boolean noGateway;

    @Option(names = "--moderation", description = "with the moderation app, which takes 200 MiB and some seconds")
    private boolean moderation;

    @Override
    public Integer call() throws InterruptedException {
        var screen = Screen.standard();
        var settings = settings();
        var began = System.nanoTime();
        Consumer<String> said = step -> screen.note(DetachedStack.NEWS + step);
        if (detach) {
            // Looked at here too, so that the sentence reaches this terminal.
            LocalStack.prepare(settings, said).close();
            DetachedStack.start(settings, said);
            announce(screen, settings, began, "stop it with './unifluid down'");
            return ExitCode.OK;
        }
        try (var stack = LocalStack.prepare(settings, said)) {
            Runtime.getRuntime().addShutdownHook(new Thread(stack::close, "stop-stack"));
            stack.start();
            announce(screen, settings, began, "Control-C stops it");
            throw stack.failure().join();
        }
    }

    private StackSettings settings() {
        var settings = noGateway ? options.settings() : options.settings().withGateway();
        return moderation ? settings.withModeration() : settings;
    }

    private static void announce(Screen screen, StackSettings settings, long began, String stop) {
        StackLock.running(settings.data())
                .orElseThrow(() -> new EnvironmentProblem("The stack stopped as soon as it was ready."));
        screen.result(String.format(
                Locale.ROOT,
                "ready after %.1f s: broker %s, registry %s, model %s, data in %s; %s.",
                (System.nanoTime() - began) / 1e9,
                settings.bootstrapServers(),
                settings.registryUrl(),
                settings.model(),
                settings.data(),
                stop));
        if (settings.gateway()) {
            screen.result("for HTTP: " + settings.gatewayUrl() + "/v1, with the key 'local'; for example curl "
                    + settings.gatewayUrl() + "/v1/models");
        }
    }
}

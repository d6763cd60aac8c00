package io.unifluid.stack;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ort.CudaCheck;
import io.unifluid.inference.ort.CudaPart;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/** Everything that can stand in a stack's way, each with one sentence. Starts nothing. */
public final class Doctor {
    private static final int LEAST_JDK = 25;
    private static final long LEAST_MEMORY = 2560L << 20;

    private Doctor() {}

    /**
     * One look.
     *
     * @param check what was looked at
     * @param sentence what is there, or what is wrong and what to do
     */
    public record Finding(String check, boolean ok, String sentence) {
        static Finding ok(String check, String sentence) {
            return new Finding(check, true, sentence);
        }

        static Finding wrong(String check, String sentence) {
            return new Finding(check, false, sentence);
        }
    }

    public static List<Finding> of(StackSettings settings) {
        var findings = new ArrayList<Finding>();
        findings.add(jdk());
        findings.add(build(settings));
        findings.add(disk(settings));
        var running = findings.getLast().ok() ? StackLock.running(settings.data()) : Optional.<RunningStack>empty();
        findings.add(memory(running.isPresent()));
        findings.addAll(ports(settings, running.isPresent()));
        findings.add(bundle(settings));
        findings.addAll(gpu(settings));
        findings.add(registry(settings, running));
        findings.add(broker(settings, running));
        return findings;
    }

    private static Finding jdk() {
        var version = Runtime.version();
        return version.feature() >= LEAST_JDK
                ? Finding.ok("jdk", "Java " + version + " in " + System.getProperty("java.home") + ".")
                : Finding.wrong("jdk", "This is Java " + version + ": install a JDK " + LEAST_JDK + " or newer.");
    }

    private static Finding build(StackSettings settings) {
        try {
            return Finding.ok(
                    "build",
                    Libraries.in(settings.libraries()).jars().size() + " jars in " + settings.libraries() + ".");
        } catch (EnvironmentProblem e) {
            return Finding.wrong("build", e.getMessage());
        }
    }

    private static Finding disk(StackSettings settings) {
        try {
            var open = DataFolder.prepare(settings.data());
            return Finding.ok(
                    "disk",
                    String.format(
                            Locale.ROOT,
                            "%.1f GiB free, writable: %s.%s",
                            Files.getFileStore(settings.data()).getUsableSpace() / 1073741824.0,
                            settings.data(),
                            open.map(said -> " " + said).orElse("")));
        } catch (EnvironmentProblem e) {
            return Finding.wrong("disk", e.getMessage());
        } catch (IOException e) {
            return Finding.wrong("disk", "The data folder cannot be looked at (" + e.getMessage() + ").");
        }
    }

    private static Finding memory(boolean running) {
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            var free = lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
            var text = String.format(Locale.ROOT, "%.1f GiB available", free / 1073741824.0);
            return running || free >= LEAST_MEMORY
                    ? Finding.ok("memory", text + ".")
                    : Finding.wrong("memory", text + ", the stack takes up to 2.5 GiB: close other programs.");
        } catch (IOException e) {
            return Finding.ok("memory", "Not visible on this system; the stack takes up to 2.5 GiB.");
        }
    }

    private static List<Finding> ports(StackSettings settings, boolean running) {
        if (running) {
            return List.of(Finding.ok("ports", "In use by the stack that is running."));
        }
        var busy = new ArrayList<Finding>();
        for (var port : Port.values()) {
            if (!PortCheck.isFree(settings.port(port))) {
                busy.add(Finding.wrong("ports", PortCheck.sentence(port, settings.port(port))));
            }
        }
        return busy.isEmpty()
                ? List.of(Finding.ok(
                        "ports",
                        "Free: " + settings.ports().values().stream().sorted().toList() + "."))
                : busy;
    }

    private static Finding bundle(StackSettings settings) {
        if (StackSettings.NOOP.equals(settings.model())) {
            return Finding.ok("bundle", "None is needed for the no-op model.");
        }
        try {
            var bundle = ModelBundle.open(Path.of(settings.model()));
            return Finding.ok(
                    "bundle",
                    bundle.name() + " " + bundle.version() + ", every checksum is right: " + settings.model() + ".");
        } catch (BundleException e) {
            return Finding.wrong("bundle", e.getMessage());
        }
    }

    /** Only a build for a GPU lacks something without one. */
    private static List<Finding> gpu(StackSettings settings) {
        var checks = CudaCheck.all();
        if (isForGpu(settings)) {
            return checks.stream()
                    .map(check -> new Finding(name(check.part()), check.ok(), check.sentence()))
                    .toList();
        }
        var driver = checks.stream()
                .filter(check -> check.part() == CudaPart.DRIVER && check.ok())
                .findFirst();
        return List.of(Finding.ok(
                "gpu",
                driver.map(check -> check.sentence() + " This build runs on the CPU")
                                .orElse("This build runs on the CPU")
                        + "; 'UNIFLUID_GPU=1 ./unifluid up' builds for an NVIDIA GPU."));
    }

    private static String name(CudaPart part) {
        return switch (part) {
            case DRIVER -> "driver";
            case CUDA -> "cuda";
            case CUDNN -> "cudnn";
        };
    }

    private static boolean isForGpu(StackSettings settings) {
        try {
            return Libraries.in(settings.libraries()).forGpu();
        } catch (EnvironmentProblem e) {
            return false; // which is a finding of its own
        }
    }

    private static Finding registry(StackSettings settings, Optional<RunningStack> running) {
        if (running.isPresent()) {
            var url = running.get().registryUrl();
            return RegistryClient.answers(url)
                    ? Finding.ok("registry", "Answers at " + url + ".")
                    : Finding.wrong(
                            "registry",
                            "Does not answer at " + url + ": see " + settings.log(Component.REGISTRY) + ".");
        }
        return Files.isReadable(settings.registryHome().resolve("quarkus-run.jar"))
                ? Finding.ok("registry", "Not running; unpacked in " + settings.registryHome() + ".")
                : Finding.wrong("registry", RegistryProcess.missing(settings));
    }

    private static Finding broker(StackSettings settings, Optional<RunningStack> running) {
        if (running.isEmpty()) {
            return Finding.ok("broker", "Not running; './unifluid up' starts it.");
        }
        var address = running.get().bootstrapServers();
        try (var admin = Admin.create(Map.of("bootstrap.servers", address))) {
            var nodes = admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).size();
            return Finding.ok("broker", "Answers at " + address + ", " + nodes + " node.");
        } catch (ExecutionException | TimeoutException e) {
            return Finding.wrong(
                    "broker", "Does not answer at " + address + ": see " + settings.log(Component.BROKER) + ".");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.wrong("broker", "The look was interrupted.");
        }
    }
}

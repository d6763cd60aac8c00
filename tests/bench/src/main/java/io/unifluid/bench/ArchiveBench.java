package io.unifluid.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.archive.run.Task;
import io.unifluid.client.Request;
import io.unifluid.client.UniFluidClient;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * {@code unifluid archive run} as a user starts it, beside the whole path that it stands on: the same requests sent at once
 * out of this process's memory. No answer is used twice: each round has other bytes behind its pictures' ends.
 */
final class ArchiveBench implements AutoCloseable {
    static final int CAPTIONS = 12_000;
    /** So many times as fast is the path without a model, about. */
    static final int NO_OPS_A_CAPTION = 5;
    /** What memory at {@code --items} is compared with. */
    static final int FEW = 10_000;

    private static final int WARM_UP = 2_000;
    private static final int PER_FOLDER = 1_000;
    private static final long LOOK_MS = 20;
    private static final Task TASK = new Task.OfCaption(0, Optional.empty());

    private final Path checkout;
    private final SamplePictures pictures;
    private final Path scratch;
    private final Map<String, String> environment;
    private final FreshStack stack;
    private final UniFluidClient client;
    private final Random random = new Random(1);
    private int made;

    /** @param model empty for the reference model */
    ArchiveBench(Path checkout, SamplePictures pictures, Optional<String> model) throws Exception {
        this.checkout = checkout;
        this.pictures = pictures;
        environment = PathBench.environment(checkout, "-archive");
        FreshStack.start(checkout, "archive", model).close(); // fills the caches
        stack = FreshStack.start(checkout, "archive", model);
        client = stack.client();
        scratch = Files.createTempDirectory("archive-bench");
        PathBench.warmUp(() -> path(WARM_UP));
        command(folder(PER_FOLDER));
    }

    /**
     * One run of the command.
     *
     * @param seconds by its own clock, without the start of its virtual machine
     * @param wallSeconds of the process
     * @param firstRowsSeconds from the start of the process until rows can be read
     * @param processorSeconds of the process
     * @param mostMiB resident
     * @param bytes of the destination, with what is kept for going on
     */
    record Command(
            int rows,
            double seconds,
            double wallSeconds,
            double firstRowsSeconds,
            double processorSeconds,
            double mostMiB,
            long bytes) {
        double perSecond() {
            return rows / seconds;
        }

        double processorMillis() {
            return 1000 * processorSeconds / rows;
        }
    }

    /**
     * One after the other.
     *
     * @param path results a second
     */
    record Round(double path, Command command) {
        double ratio() {
            return command.perSecond() / path;
        }
    }

    /** The whole path, and then the command over as many pictures. */
    Round round(int items) throws Exception {
        double path = path(items);
        var folder = folder(items);
        var round = new Round(path, command(folder));
        System.out.printf(
                Locale.ROOT,
                "path %.1f/s, command %.1f/s (%.1f s, of the process %.1f s, first rows after %.1f s; %.2f ms of a processor a row, %.0f MiB)%n",
                path,
                round.command().perSecond(),
                round.command().seconds(),
                round.command().wallSeconds(),
                round.command().firstRowsSeconds(),
                round.command().processorMillis(),
                round.command().mostMiB());
        return round;
    }

    /** A run over as many; the topics keep little, so that the disk does not bound it. */
    Command much(int items) throws Exception {
        MemoryBench.keepLittle(stack);
        return command(folder(items));
    }

    /**
     * What the broker keeps of a picture, of all topics, and what it weighs itself.
     *
     * @param verified rows that {@code archive verify} proves in a second
     */
    record Kept(double brokerBytes, double pictureBytes, double rowBytes, double verified) {}

    /** @param more bytes behind each picture's end */
    Kept kept(int items, int more) throws Exception {
        var folder = folder(items);
        if (more > 0) {
            try (var files = Files.walk(folder)) {
                for (var file : files.filter(Files::isRegularFile).toList()) {
                    var noise = new byte[more];
                    random.nextBytes(noise);
                    Files.write(file, noise, StandardOpenOption.APPEND);
                }
            }
        }
        long before = stack.logs().bytes();
        var run = command(folder, false);
        long after = stack.logs().bytes();
        long started = System.nanoTime();
        var verify = start(List.of("archive", "verify", rows(folder).toString()), folder);
        if (verify.waitFor() != 0) {
            throw failed(folder, "verify");
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        double bytes = size(folder);
        remove(folder);
        remove(rows(folder));
        return new Kept(
                (after - before) / (double) items, bytes / items, run.bytes() / (double) items, items / seconds);
    }

    /** Ray Data over the same kind of folder, with the same bundle and two actors; empty where it cannot be had. */
    static Optional<Peers.Measured> ray(Path checkout, SamplePictures pictures, int items) throws Exception {
        var scratch = Files.createTempDirectory("archive-bench");
        try {
            fill(scratch, pictures, items, 0);
            return new Peers(checkout)
                    .run(
                            "Ray Data, two actors",
                            List.of("ray_peer.py", "--actors", "2", "--folder", scratch.toString()),
                            1);
        } finally {
            remove(scratch);
        }
    }

    private double path(int items) throws Exception {
        var pending = new ArrayList<CompletableFuture<InferenceResult>>(items);
        var run = "path-" + Long.toString(System.nanoTime(), 36) + "-";
        long start = System.nanoTime();
        for (int i = 0; i < items; i++) {
            var image = ImageRef.newBuilder()
                    .setBytes(ByteBuffer.wrap(picture(pictures, made++)))
                    .build();
            var request = TASK.request(run + i, "bench", Optional.empty(), image, Map.of("archive.shard", "0"));
            pending.add(client.submit(Request.of(request, CaptionOutput.class)).result());
        }
        for (var each : pending) {
            var result = each.get(15, TimeUnit.MINUTES);
            if (result.getStatus() != ResultStatus.SUCCEEDED) {
                throw new IllegalStateException("A request did not succeed: " + result.getError());
            }
        }
        return items / ((System.nanoTime() - start) / 1e9);
    }

    private Path folder(int items) throws IOException {
        var folder = Files.createTempDirectory(scratch, "pictures");
        fill(folder, pictures, items, made);
        made += items;
        return folder;
    }

    private static void fill(Path folder, SamplePictures pictures, int items, int from) throws IOException {
        for (int i = 0; i < items; i++) {
            var bytes = picture(pictures, from + i);
            var below = folder.resolve(String.format("%04d", i / PER_FOLDER));
            if (i % PER_FOLDER == 0) {
                Files.createDirectory(below);
            }
            Files.write(below.resolve(String.format("%07d.%s", i, bytes[0] == (byte) 0xff ? "jpg" : "png")), bytes);
        }
    }

    /** Of the sample archive, its number behind its end: other bytes, the same picture. */
    private static byte[] picture(SamplePictures pictures, int number) {
        var picture = pictures.encoded().get(number % pictures.encoded().size());
        return ByteBuffer.allocate(picture.length + Integer.BYTES)
                .put(picture)
                .putInt(number)
                .array();
    }

    private static Path rows(Path folder) {
        return folder.resolveSibling(folder.getFileName() + "-rows");
    }

    private Command command(Path folder) throws Exception {
        return command(folder, true);
    }

    private Command command(Path folder, boolean removed) throws Exception {
        var rows = rows(folder);
        var firstShard = rows.resolve("00000.jsonl");
        long started = System.nanoTime();
        var process = start(
                List.of("archive", "run", folder.toString(), "--task", "caption", "--to", rows.toString(), "--json"),
                folder);
        var first = OptionalDouble.empty();
        var used = Duration.ZERO;
        long most = 0;
        while (process.isAlive()) {
            if (first.isEmpty() && Files.exists(firstShard)) {
                first = OptionalDouble.of((System.nanoTime() - started) / 1e9);
            }
            most = Math.max(most, ProcStatus.mostResidentKiB(process.pid()));
            used = process.info().totalCpuDuration().orElse(used);
            process.waitFor(LOOK_MS, TimeUnit.MILLISECONDS);
        }
        double wall = (System.nanoTime() - started) / 1e9;
        var told = new ObjectMapper().readTree(output(folder).toFile());
        if (process.exitValue() != 0 || !told.path("complete").asBoolean()) {
            throw failed(folder, "run");
        }
        var measured = new Command(
                told.get("rows").asInt(),
                told.get("seconds").asDouble(),
                wall,
                first.orElse(wall),
                used.toNanos() / 1e9,
                most / 1024.0,
                size(rows));
        if (removed) {
            remove(folder);
            remove(rows);
        }
        return measured;
    }

    private Process start(List<String> arguments, Path folder) throws IOException {
        var line = new ArrayList<String>();
        line.add(checkout.resolve("unifluid").toString());
        line.addAll(arguments);
        var builder = new ProcessBuilder(line)
                .redirectOutput(output(folder).toFile())
                .redirectError(errors(folder).toFile());
        builder.environment().putAll(environment);
        builder.environment().put("UNIFLUID_SKIP_BUILD", "1");
        return builder.start();
    }

    private static Path output(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".json");
    }

    private static Path errors(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".err");
    }

    private static IllegalStateException failed(Path folder, String command) throws IOException {
        return new IllegalStateException(
                "'archive " + command + "' did not succeed: " + Files.readString(errors(folder)));
    }

    private static long size(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static void remove(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public void close() {
        try (stack;
                client) {
            remove(scratch);
        } catch (IOException e) {
            throw new UncheckedIOException("What the bench has written cannot be removed.", e);
        }
    }
}

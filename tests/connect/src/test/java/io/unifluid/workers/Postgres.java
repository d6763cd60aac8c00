package io.unifluid.workers;

import io.unifluid.testkit.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A real PostgreSQL of its own on a free port, that can be stopped as hard as it likes. */
final class Postgres implements AutoCloseable {
    private final Path bin;
    private final Path data;
    private final int port = FreePorts.take(1)[0];
    private final List<String> as;

    private Postgres(Path bin) throws IOException, InterruptedException {
        this.bin = bin;
        this.data = Files.createTempDirectory("unifluid-postgres-");
        // It refuses to run as root.
        boolean root = "root".equals(System.getProperty("user.name"));
        this.as = root ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") : List.of();
        if (root) {
            run(List.of("chown", "65534:65534", data.toString()));
        }
    }

    /** Where its programs lie, if they are on this machine. */
    static Optional<Path> bin() throws IOException {
        var given = System.getenv("UNIFLUID_POSTGRES_BIN");
        if (given != null) {
            return Optional.of(Path.of(given));
        }
        var debians = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(debians)) {
            return Optional.empty();
        }
        try (var versions = Files.list(debians)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder());
        }
    }

    static Postgres start(Path bin) throws IOException, InterruptedException {
        var postgres = new Postgres(bin);
        Runtime.getRuntime().addShutdownHook(new Thread(postgres::close));
        postgres.asUser(List.of(
                bin.resolve("initdb").toString(),
                "-D",
                postgres.data.resolve("db").toString(),
                "-U",
                "unifluid",
                "--auth=trust",
                "--no-sync"));
        postgres.startAgain();
        return postgres;
    }

    void startAgain() throws IOException, InterruptedException {
        control("start", "-w", "-l", data.resolve("log").toString(), "-o", "-p " + port + " -h 127.0.0.1 -k " + data);
    }

    /** Without a word to its clients. */
    void stop() throws IOException, InterruptedException {
        control("stop", "-m", "immediate");
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    /** What a query says, one line a row, columns parted by {@code |}. */
    List<String> query(String sql) throws IOException, InterruptedException {
        return run(List.of(
                        bin.resolve("psql").toString(),
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-U",
                        "unifluid",
                        "-At",
                        "-P",
                        "null=null",
                        "-c",
                        sql,
                        "postgres"))
                .lines()
                .toList();
    }

    private void control(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                bin.resolve("pg_ctl").toString(), "-D", data.resolve("db").toString()));
        command.addAll(List.of(arguments));
        asUser(command);
    }

    private void asUser(List<String> command) throws IOException, InterruptedException {
        run(Stream.concat(as.stream(), command.stream()).toList());
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        var said = Files.createTempFile("unifluid-postgres-", ".out");
        try {
            int code = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start()
                    .waitFor();
            var text = Files.readString(said);
            if (code != 0) {
                throw new IllegalStateException(command + " ended with " + code + ": " + text);
            }
            return text;
        } finally {
            Files.delete(said);
        }
    }

    @Override
    public void close() {
        if (!Files.exists(data)) {
            return;
        }
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | IllegalStateException e) {
            // it was stopped already
        }
        try (var files = Files.walk(data)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

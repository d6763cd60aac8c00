package io.unifluid.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The programs of {@code tests/bench/peers}, each run as a process of its own. */
final class Peers {
    /** Exit status of {@code peers/run} where Python or its packages cannot be had. */
    private static final int NOT_HERE = 3;

    private static final int LONGEST_MINUTES = 20;

    private final Path folder;

    Peers(Path checkout) {
        this.folder = checkout.resolve("tests/bench/peers");
    }

    /** A peer at one setting. */
    enum Peer {
        ONE_PROCESS_DEFAULT_THREADS(
                "Python onnxruntime, one process, its own choice of threads", "onnxruntime_peer.py", "--threads", "0"),
        ONE_PROCESS_ONE_THREAD("Python onnxruntime, one process of one thread", "onnxruntime_peer.py"),
        ONE_PROCESS_TWO_CALLERS(
                "Python onnxruntime, one process, two callers of one thread", "onnxruntime_peer.py", "--callers", "2"),
        TWO_PROCESSES("Python onnxruntime, two processes of one thread", "onnxruntime_peer.py", "--processes", "2"),
        RAY_ONE_ACTOR("Ray Data, one actor", "ray_peer.py", "--actors", "1"),
        RAY_TWO_ACTORS("Ray Data, two actors", "ray_peer.py", "--actors", "2");

        private final String title;
        private final List<String> command;

        Peer(String title, String... command) {
            this.title = title;
            this.command = List.of(command);
        }

        String title() {
            return title;
        }

        boolean ray() {
            return this == RAY_ONE_ACTOR || this == RAY_TWO_ACTORS;
        }
    }

    /** What a peer prints: how many captions in how many seconds, of the processors too (0 if it does not know), and a digest. */
    record Measured(int captions, double seconds, double processorSeconds, String digest) {
        double perSecond() {
            return captions / seconds;
        }

        double processorMillis() {
            return 1000 * processorSeconds / captions;
        }
    }

    /**
     * Runs a peer over the sample archive.
     *
     * @param times over the archive
     * @return empty, with a line on the console that says why, where Python or its packages cannot be had
     */
    Optional<Measured> run(Peer peer, int times) throws IOException, InterruptedException {
        return run(peer.title, peer.command, times);
    }

    /** The same of a program with its options, by a title for messages. */
    Optional<Measured> run(String title, List<String> program, int times) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(folder.resolve("run").toString());
        command.addAll(program);
        command.addAll(List.of("--repeat", Integer.toString(times)));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolveSibling("target/peers.log").toFile()))
                .start();
        try {
            var lines = new String(process.getInputStream().readAllBytes())
                    .lines()
                    .filter(line -> line.startsWith("{"))
                    .toList();
            if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                throw new IllegalStateException(title + " takes more than " + LONGEST_MINUTES + " minutes.");
            }
            if (process.exitValue() == NOT_HERE) {
                System.out.println(title + " is left out: Python or the packages of tests/bench/peers/requirements.txt"
                        + " cannot be had here (tests/bench/target/peers.log says which).");
                return Optional.empty();
            }
            if (process.exitValue() != 0 || lines.isEmpty()) {
                throw new IllegalStateException(title + " failed; see tests/bench/target/peers.log for what it says.");
            }
            return Optional.of(new ObjectMapper().readValue(lines.getLast(), Measured.class));
        } finally {
            process.destroy();
        }
    }
}

package io.unifluid.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What a process wrote into its log shortly before its end, as far as it may tell why. */
final class LastWords {
    private static final int TAIL_BYTES = 16 * 1024;
    private static final int MOST_LINES = 3;
    private static final int LONGEST_LINE = 300;
    /** What was written earlier has another story: a broker lives on for days after an error. */
    private static final Duration SHORTLY = Duration.ofSeconds(10);

    /** So long a JVM that ends may live on to write its ahead-of-time cache, and it talks of that. */
    private static final Duration WRITING = Duration.ofMinutes(1);

    private static final Pattern OF_CACHE = Pattern.compile(
            "^(Temporary AOTConfiguration|Launching child process .* AOT cache|Picked up JAVA_TOOL_OPTIONS|Reading AOTConfiguration"
                    + "|AOTCache creation|Removed temporary AOT)");
    private static final Pattern TIME =
            Pattern.compile("^(?:\\d{4}-\\d\\d-\\d\\d[ T])?(\\d\\d:\\d\\d:\\d\\d)[.,]\\d{3}");
    private static final Pattern TELLING = Pattern.compile(
            "\\b(ERROR|FATAL|[fF]atal|Caused by)\\b|Exception|Error\\b|^(worker|streams-app|gateway|moderation): |^# +(SIG|[CJVv] +\\[)");
    private static final Pattern STACK = Pattern.compile("^\\s+(at |\\.\\.\\. \\d+ more)");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

    private LastWords() {}

    /**
     * The last telling lines of one run, the oldest first; without such the very last line.
     *
     * @param log of several runs, one after the other
     * @param from where this run's part begins, in bytes
     * @param end when the process ended, by its own clock
     */
    static List<String> of(Path log, long from, LocalTime end) {
        try {
            return choose(tail(log, from), end);
        } catch (IOException e) {
            return List.of("its log cannot be read: " + e.getMessage());
        }
    }

    /** @param lines of one run; one without a time belongs to the line before it */
    static List<String> choose(List<String> lines, LocalTime end) {
        var said = new ArrayList<String>();
        boolean shortly = true;
        var within = lines.stream().anyMatch(LastWords::isOfCache) ? SHORTLY.plus(WRITING) : SHORTLY;
        for (var line : lines) {
            var time = TIME.matcher(line);
            if (time.find()) {
                shortly = isBefore(end, LocalTime.parse(time.group(1)), within);
            }
            if (shortly
                    && !line.isBlank()
                    && !isOfCache(line)
                    && !STACK.matcher(line).find()) {
                said.add(shown(line));
            }
        }
        var telling = said.stream().filter(LastWords::isTelling).toList();
        var chosen = telling.isEmpty() ? said.subList(Math.max(0, said.size() - 1), said.size()) : telling;
        return List.copyOf(chosen.subList(Math.max(0, chosen.size() - MOST_LINES), chosen.size()));
    }

    private static boolean isOfCache(String line) {
        return OF_CACHE.matcher(line).find();
    }

    private static boolean isTelling(String line) {
        return TELLING.matcher(line).find();
    }

    /** Around midnight too. */
    private static boolean isBefore(LocalTime end, LocalTime then, Duration within) {
        long seconds = Math.floorMod(end.toSecondOfDay() - then.toSecondOfDay(), (int)
                Duration.ofDays(1).toSeconds());
        return seconds <= within.toSeconds();
    }

    /** What a process writes is not to be trusted with a terminal. */
    private static String shown(String line) {
        var clean = CONTROL.matcher(line).replaceAll(" ").strip();
        return clean.length() <= LONGEST_LINE ? clean : clean.substring(0, LONGEST_LINE) + "..";
    }

    private static List<String> tail(Path log, long from) throws IOException {
        try (var channel = Files.newByteChannel(log)) {
            long start = Math.max(from, channel.size() - TAIL_BYTES);
            channel.position(start);
            var bytes = ByteBuffer.allocate(TAIL_BYTES);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // until the end
            }
            var lines = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            boolean cut = start > from && !lines.isEmpty();
            return cut ? lines.subList(1, lines.size()) : lines;
        }
    }
}

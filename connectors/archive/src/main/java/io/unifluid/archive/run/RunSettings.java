package io.unifluid.archive.run;

import io.unifluid.archive.row.RowFormat;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How an archive is to be run through.
 *
 * @param destination where the rows are written
 * @param shardSize rows of a shard at most, see {@link #rows}
 * @param inFlight requests on their way at most
 * @param retry what to ask again of what has its row already
 * @param perSecond requests a second at most
 * @param sample take only so many items, spread over the archive
 * @param part take only the items of this part of so many
 * @param moved the sources are those of the run, and lie elsewhere now
 */
public record RunSettings(
        Task task,
        String tenant,
        Optional<String> model,
        Path destination,
        RowFormat format,
        int shardSize,
        int inFlight,
        Retry retry,
        OptionalDouble perSecond,
        OptionalInt sample,
        Optional<Part> part,
        boolean moved) {
    public static final int SHARD_SIZE = 10_000;
    /** Each of the next ones has so many times the one before, until they have their size. */
    private static final int FIRST_SHARD = 10;

    /** Enough for full batches on every partition while results come back. */
    public static final int IN_FLIGHT = 2048;

    /** Rows that are asked for again. */
    public enum Retry {
        NOTHING,
        /** What did not succeed. */
        FAILED,
        /** That, and pictures that have another size than when they were read. */
        FAILED_AND_CHANGED
    }

    /** @param number from 0 */
    public record Part(int number, int of) {
        /** @throws IllegalArgumentException one sentence */
        public static Part parse(String text) {
            if (!text.matches("\\d{1,4}/\\d{1,4}")) {
                throw wrong(text);
            }
            int slash = text.indexOf('/');
            int number = Integer.parseInt(text.substring(0, slash));
            int of = Integer.parseInt(text.substring(slash + 1));
            if (number < 1 || number > of) {
                throw wrong(text);
            }
            return new Part(number - 1, of);
        }

        private static IllegalArgumentException wrong(String text) {
            return new IllegalArgumentException(
                    "--part is '" + text + "': give 1/4 on the first of four machines, and 4/4 on the last.");
        }

        /** For people and for folders. */
        public String name() {
            return String.format("part-%d-of-%d", number + 1, of);
        }
    }

    public RunSettings {
        if (shardSize < 1 || shardSize > SHARD_SIZE) {
            throw new IllegalArgumentException(
                    "A shard of " + shardSize + " rows: give 1 to " + SHARD_SIZE + ", which their keys have room for.");
        }
        if (inFlight < 1 || inFlight > 100_000) {
            throw new IllegalArgumentException(inFlight + " requests on their way: give 1 to 100000.");
        }
        if (perSecond.isPresent() && !(perSecond.getAsDouble() > 0)) {
            throw new IllegalArgumentException("The limit of the rate is not above 0: give requests a second.");
        }
        if (sample.isPresent() && sample.getAsInt() < 1) {
            throw new IllegalArgumentException("The sample is empty: give 1 or more.");
        }
    }

    /** Of the shard of this number: of the first ones few, so that there are rows to look at long before a whole shard is. */
    int rows(int shard) {
        return (int) Math.min(shardSize, Math.pow(FIRST_SHARD, shard + 1.0));
    }

    /** Where this part of the rows is written. */
    public Path folder() {
        return part.map(one -> destination.resolve(one.name())).orElse(destination);
    }
}

package io.unifluid.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;

/** What lies in the broker's logs, as its files have it: commit markers are there, and in no consumer. */
final class LogFiles {
    /**
     * @param partition its folder
     * @param marker it ends a transaction of this partition
     */
    record Entry(
            Path partition, long offset, long timestamp, boolean marker, long producer, byte[] key, byte[] value) {}

    private final Path logs;

    /** @param logs the broker's folder */
    LogFiles(Path logs) {
        this.logs = logs;
    }

    /** All entries of a topic, in the order of their offsets within a partition. */
    List<Entry> of(String topic) {
        var entries = new ArrayList<Entry>();
        for (var partition : partitions(topic)) {
            try (var files = Files.list(partition)) {
                for (var file : files.filter(file -> file.toString().endsWith(".log"))
                        .sorted()
                        .toList()) {
                    read(partition, file, entries);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("The broker's logs cannot be read.", e);
            }
        }
        return entries;
    }

    /** How many entries a topic has, markers among them. */
    long count(String topic) {
        return sum(topic, _ -> 1);
    }

    /** The sum of something over the values of a topic. */
    long sum(String topic, ToLongFunction<byte[]> something) {
        return of(topic).stream()
                .mapToLong(entry -> something.applyAsLong(entry.value()))
                .sum();
    }

    /** Of all topics, internal ones too. */
    long bytes() {
        try (var files = Files.walk(logs)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException("The broker's logs cannot be read.", e);
        }
    }

    /** The topics that lie there. */
    List<String> topics() {
        try (var folders = Files.list(logs)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> name.matches(".+-\\d+"))
                    .map(name -> name.substring(0, name.lastIndexOf('-')))
                    .distinct()
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The broker's logs cannot be read.", e);
        }
    }

    private List<Path> partitions(String topic) {
        try (var folders = Files.list(logs)) {
            var partitions = folders.filter(
                            folder -> folder.getFileName().toString().matches(Pattern.quote(topic) + "-\\d+"))
                    .sorted()
                    .toList();
            if (partitions.isEmpty()) {
                throw new IllegalStateException("The topic " + topic + " does not lie in " + logs + ".");
            }
            return partitions;
        } catch (IOException e) {
            throw new UncheckedIOException("The broker's logs cannot be read.", e);
        }
    }

    private static void read(Path partition, Path file, List<Entry> entries) throws IOException {
        var records = FileRecords.open(file.toFile(), false);
        try {
            for (var batch : records.batches()) {
                for (Record record : batch) {
                    entries.add(new Entry(
                            partition,
                            record.offset(),
                            record.timestamp(),
                            batch.isControlBatch(),
                            batch.producerId(),
                            bytes(record.key()),
                            bytes(record.value())));
                }
            }
        } finally {
            records.closeHandlers(); // What is merely closed is cut to its length, even where it is only read.
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}

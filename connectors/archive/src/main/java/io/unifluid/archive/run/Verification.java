package io.unifluid.archive.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.archive.Content;
import io.unifluid.archive.Item;
import io.unifluid.archive.Position;
import io.unifluid.archive.row.Row;
import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.client.Why;
import io.unifluid.operations.audit.IdTable;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Proves from the topics that a destination is what the system has answered: every request of the run has exactly one
 * result, every result exactly one row that says the same, no item has two rows, and the shards' files are those that were
 * written. Changes nothing; some 100 bytes of memory a row.
 */
public final class Verification {
    private static final int NAMED = 10;

    private final Cluster cluster;
    private final List<String> broken = new ArrayList<>();
    private long brokenCount;
    private final Map<String, Long> byStatus = new TreeMap<>();
    private long rows;
    private long unsent;
    private long open;
    private long superseded;
    private long forgotten;
    private long nearDuplicates;

    public Verification(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * What was found.
     *
     * @param unsent rows of items for which nothing could be sent, each with its error
     * @param open requests whose shard is not finished yet
     * @param superseded results of rows that were asked for again
     * @param nearDuplicates rows with the answer of a picture that looks the same
     * @param forgotten rows whose results the topics do not keep any more, so that nothing is proven of them
     * @param broken rules that do not hold, in sentences; the first ones of each
     */
    public record Report(
            int runs,
            long rows,
            Map<String, Long> byStatus,
            long unsent,
            long open,
            long superseded,
            long nearDuplicates,
            long forgotten,
            long brokenCount,
            List<String> broken) {
        public boolean complete() {
            return open == 0;
        }

        public boolean proven() {
            return brokenCount == 0 && forgotten == 0;
        }
    }

    /**
     * To be asked before a cluster is looked for.
     *
     * @throws IllegalArgumentException one sentence where there is no run
     */
    public static void requireRun(Path destination) {
        for (var part : Destination.parts(destination)) {
            Destination.lookAt(part).close();
        }
    }

    /**
     * @throws IllegalArgumentException one sentence where there is no run
     * @throws EnvironmentProblem when the topics or the rows cannot be read, so that nothing is proven
     */
    public Report verify(Path destination) {
        var parts = Destination.parts(destination);
        for (var part : parts) {
            try (var run = Destination.lookAt(part)) {
                verify(run);
            }
        }
        return new Report(
                parts.size(),
                rows,
                Map.copyOf(byStatus),
                unsent,
                open,
                superseded,
                nearDuplicates,
                forgotten,
                brokenCount,
                List.copyOf(broken));
    }

    private void verify(Destination run) {
        var items = new IdTable();
        var asked = new IdTable();
        for (int shard : run.finished()) {
            rows(run, shard, items, asked);
        }
        boolean unfinished = !run.open().isEmpty();
        var prefix = run.runId() + "-";
        try (var scan = new TopicScan(cluster);
                var results = new AvroSerdes(cluster.registry()).deserializer(Topics.RESULTS)) {
            var extent = scan.extent(Topics.RESULTS.name());
            var requests = scan.extent(Topics.INTAKES.stream().map(Topic::name).toArray(String[]::new));
            var without = new IdTable();
            scan.read(requests, record -> {
                var id = id(record, prefix);
                if (id != null) {
                    without.add(id, 0);
                }
                return true;
            });
            scan.read(extent, record -> {
                var id = id(record, prefix);
                if (id != null) {
                    result(id, decoded(results, record), asked, without, unfinished);
                }
                return true;
            });
            scan.read(requests, record -> {
                var id = id(record, prefix);
                if (id != null && without.open(id)) {
                    without.result(id); // named once
                    open++;
                    if (!unfinished) {
                        broken("The request " + id + " has no result, and its run has no unfinished shard.");
                    }
                }
                return true;
            });
            boolean gone = extent.beginningIsGone();
            for (int shard : run.finished()) {
                unanswered(run, shard, asked, gone);
            }
        } catch (RegistryUnavailableException e) {
            throw new EnvironmentProblem(e.getMessage(), e);
        }
    }

    private void rows(Destination run, int shard, IdTable items, IdTable asked) {
        try (var file = ShardRows.open(run.rows(shard))) {
            int count = 0;
            for (var row = file.next(); row != null; row = file.next()) {
                count++;
                rows++;
                byStatus.merge(row.status(), 1L, Long::sum);
                var place = row.position().source() + "\n" + row.position().file() + "\n"
                        + row.position().ordinal() + "\n" + row.member();
                if (!items.add(place, 0)) {
                    broken("The item " + row.member() + " has a second row, " + row.key() + ".");
                }
                if (row.nearDuplicate()) {
                    nearDuplicates++;
                } else if (row.requestId().isPresent()) {
                    if (!asked.add(row.requestId().get(), says(row.columns()))) {
                        broken("The request " + row.requestId().get() + " has a second row, " + row.key() + ".");
                    }
                } else {
                    unsent++;
                }
            }
            var head = file.head();
            if (count != head.count()) {
                broken("The shard " + Destination.name(shard) + " has " + count + " rows, not the " + head.count()
                        + " that were written.");
            }
            if (!head.file().isEmpty()) {
                var data = run.folder().resolve(head.file());
                if (!Files.exists(data)) {
                    broken("The file " + data + " is not there any more.");
                } else if (!ShardFiles.sha256(data).equals(head.sha256())) {
                    broken("The file " + data + " is not as it was written: its bytes have another SHA-256.");
                }
            }
        } catch (IOException e) {
            throw new EnvironmentProblem(
                    "The rows of shard " + Destination.name(shard) + " in " + run.folder() + " cannot be read ("
                            + Why.of(e) + ").",
                    e);
        }
    }

    private void result(String id, InferenceResult result, IdTable asked, IdTable without, boolean unfinished) {
        if (without.result(id) > 1) {
            broken("The request " + id + " has a second result.");
        }
        if (asked.noted(id) == 0 && asked.result(id) == 0) {
            if (id.matches(".*-[0-9a-f]{32}(-\\d+)?") && laterTry(id, asked)) {
                superseded++;
            } else if (unfinished) {
                open++;
            } else {
                broken("The result of the request " + id + " has no row.");
            }
            return;
        }
        if (asked.noted(id) != 0) {
            asked.result(id);
        }
        var row = Row.of(
                "",
                new Item(Position.START, "", "", OptionalLong.empty(), new Content.Remote("")),
                0,
                Row.Picture.UNKNOWN,
                result,
                images(result));
        if (says(row.columns()) != asked.noted(id)) {
            broken("The row of the request " + id + " does not say what its result says.");
        }
    }

    /** Whether a later try of the same item has the row. */
    private static boolean laterTry(String id, IdTable asked) {
        int dash = id.lastIndexOf('-');
        boolean again = id.substring(dash + 1).length() < 32;
        var item = again ? id.substring(0, dash) : id;
        int tries = again ? Integer.parseInt(id.substring(dash + 1)) : 0;
        for (int later = tries + 1; later <= tries + 100; later++) {
            if (asked.noted(item + "-" + later) != 0) {
                return true;
            }
        }
        return false;
    }

    private void unanswered(Destination run, int shard, IdTable asked, boolean gone) {
        try (var file = ShardRows.open(run.rows(shard))) {
            for (var row = file.next(); row != null; row = file.next()) {
                var id = row.requestId();
                if (row.nearDuplicate()) {
                    if (id.isPresent() && asked.noted(id.get()) != says(row.columns())) {
                        broken("The row " + row.key() + " does not say what the row says whose answer it has.");
                    }
                } else if (id.isPresent() && asked.open(id.get())) {
                    if (gone) {
                        forgotten++;
                    } else {
                        broken("The row " + row.key() + " has no result among the topics: is this the cluster that"
                                + " answered it?");
                    }
                }
            }
        } catch (IOException e) {
            throw new EnvironmentProblem("The rows cannot be read (" + Why.of(e) + ").", e);
        }
    }

    private static InferenceResult decoded(
            org.apache.kafka.common.serialization.Deserializer<InferenceResult> results,
            ConsumerRecord<byte[], byte[]> record) {
        try {
            return results.deserialize(record.topic(), record.headers(), record.value());
        } catch (UndecodableRecordException e) {
            throw new EnvironmentProblem("A result of the run cannot be read (" + Why.of(e) + ").", e);
        }
    }

    private static List<String> images(InferenceResult result) {
        return result.getOutput() instanceof io.unifluid.schemas.ImagesOutput made
                ? made.getImages().stream().map(image -> "").toList()
                : List.of();
    }

    private static String id(ConsumerRecord<byte[], byte[]> record, String prefix) {
        var id = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        return id.startsWith(prefix) ? id : null;
    }

    /** A number for what the row says of the result; never 0. */
    private static long says(ObjectNode columns) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            for (var name : List.of("status", "error_kind", "caption", "answers")) {
                sha256.update((name + "=" + columns.path(name) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            long number = ByteBuffer.wrap(sha256.digest()).getLong();
            return number == 0 ? 1 : number;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }

    private void broken(String sentence) {
        brokenCount++;
        if (broken.size() < NAMED) {
            broken.add(sentence);
        }
    }
}

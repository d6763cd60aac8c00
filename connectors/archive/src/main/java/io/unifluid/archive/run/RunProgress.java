package io.unifluid.archive.run;

import io.unifluid.archive.row.Row;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** How far a run is. Safe from any thread. */
public final class RunProgress {
    private final AtomicLong earlier = new AtomicLong();
    private final AtomicLong succeeded = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong total = new AtomicLong(-1);
    private final AtomicLong shards = new AtomicLong();
    private final AtomicLong nearDuplicates = new AtomicLong();
    private final Map<String, Long> kinds = new ConcurrentHashMap<>();
    private final Map<String, String> examples = new ConcurrentHashMap<>();
    private volatile String model = "";

    /** Rows that there were before, and that stay as they are. */
    public long earlier() {
        return earlier.get();
    }

    /** Of this process. */
    public long succeeded() {
        return succeeded.get();
    }

    /** Of this process, or of earlier ones where their rows stay. */
    public long failed() {
        return failed.get();
    }

    /** Requests of this process. */
    public long sent() {
        return sent.get();
    }

    /** Rows of this process. */
    public long done() {
        return taken.get();
    }

    public long shards() {
        return shards.get();
    }

    /** Of the rows of this process, those with the answer of a picture that looks the same. */
    public long nearDuplicates() {
        return nearDuplicates.get();
    }

    /** Items in all, as soon as they have been counted. */
    public OptionalLong total() {
        return total.get() < 0 ? OptionalLong.empty() : OptionalLong.of(total.get());
    }

    /** Failures by kind. */
    public Map<String, Long> kinds() {
        return new TreeMap<>(kinds);
    }

    /** The first message of each kind. */
    public Map<String, String> examples() {
        return Map.copyOf(examples);
    }

    /** Which answered last; empty before that. */
    public String model() {
        return model;
    }

    void oneEarlier(Row row) {
        earlier.incrementAndGet();
        row.errorKind().ifPresent(kind -> failed(kind, row));
    }

    void oneDone(Row row) {
        taken.incrementAndGet();
        if (row.nearDuplicate()) {
            nearDuplicates.incrementAndGet();
        }
        row.errorKind().ifPresentOrElse(kind -> failed(kind, row), succeeded::incrementAndGet);
        if (row.columns().has("model")) {
            model = row.columns().get("model").asText() + " "
                    + row.columns().get("model_version").asText() + " on "
                    + row.columns().get("device").asText();
        }
    }

    void oneSent() {
        sent.incrementAndGet();
    }

    void oneShard() {
        shards.incrementAndGet();
    }

    void counted(long items) {
        total.set(items);
    }

    private void failed(String kind, Row row) {
        failed.incrementAndGet();
        kinds.merge(kind, 1L, Long::sum);
        examples.computeIfAbsent(
                kind,
                _ -> (row.member().isEmpty() ? row.columns().get("archive").asText() : row.member()) + ": "
                        + row.columns().get("error_message").asText());
    }
}

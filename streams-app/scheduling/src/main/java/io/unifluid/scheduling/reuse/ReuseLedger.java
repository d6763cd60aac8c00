package io.unifluid.scheduling.reuse;

import io.unifluid.scheduling.admission.RunningModels;
import io.unifluid.scheduling.task.RunningModel;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which finished answers are kept and may be given again; the answers themselves are elsewhere. Holds state, decides
 * from its arguments alone; owned by one thread.
 *
 * <p>Only answers of models that run now are given again.
 */
public final class ReuseLedger {
    /** Why an answer is not kept any longer. */
    public enum Leaving {
        /** There was no room. */
        SIZE,
        /** Its retention was over. */
        AGE,
        /** Its retention was over, and its model does not run any more. */
        MODEL
    }

    private record Entry(long bytes, Instant storedAt, String model) {}

    private final ReuseSettings settings;
    /** Oldest first. */
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();

    private long bytes;

    public ReuseLedger(ReuseSettings settings) {
        this.settings = settings;
    }

    /** Whether an answer for the key is kept and still good. */
    public boolean has(String key, RunningModels running, Instant now) {
        var entry = entries.get(key);
        return entry != null && !outdated(entry, now) && running.answers(entry.model());
    }

    /** Whether an answer of this size is worth keeping. */
    public boolean takes(long answerBytes) {
        return answerBytes <= settings.maxEntryBytes() && answerBytes <= settings.maxBytes();
    }

    /**
     * An answer is kept from now on, in place of an older one for its key; call in the order of {@code storedAt}.
     *
     * @param model {@link RunningModel#identity()} of the one that gave it
     * @return the keys that must go for it
     */
    public Map<String, Leaving> keep(String key, long answerBytes, String model, Instant storedAt) {
        drop(key);
        entries.put(key, new Entry(answerBytes, storedAt, model));
        bytes += answerBytes;
        var leaving = new LinkedHashMap<String, Leaving>();
        while (bytes > settings.maxBytes()) {
            leaveFirst(leaving, Leaving.SIZE);
        }
        return leaving;
    }

    /** The keys whose retention is over; at most so many at once. */
    public Map<String, Leaving> leaving(RunningModels running, Instant now, int most) {
        var leaving = new LinkedHashMap<String, Leaving>();
        while (leaving.size() < most
                && !entries.isEmpty()
                && outdated(entries.firstEntry().getValue(), now)) {
            var first = entries.firstEntry();
            leaveFirst(leaving, running.answers(first.getValue().model()) ? Leaving.AGE : Leaving.MODEL);
        }
        return leaving;
    }

    /** Bytes of all answers that are kept. */
    public long bytes() {
        return bytes;
    }

    /** Answers that are kept. */
    public int size() {
        return entries.size();
    }

    private void leaveFirst(Map<String, Leaving> leaving, Leaving why) {
        var key = entries.firstEntry().getKey();
        drop(key);
        leaving.put(key, why);
    }

    private void drop(String key) {
        var known = entries.remove(key);
        bytes -= known == null ? 0 : known.bytes();
    }

    private boolean outdated(Entry entry, Instant now) {
        return !now.isBefore(entry.storedAt().plus(settings.retention()));
    }
}

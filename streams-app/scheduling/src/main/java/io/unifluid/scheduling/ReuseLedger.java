package io.unifluid.scheduling;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which finished answers are kept and may be given again; the answers themselves are elsewhere. Holds state, decides
 * from its arguments alone; owned by one thread.
 *
 * <p>Only answers of the model version that was seen last for a task and a model name are given again.
 */
public final class ReuseLedger {
    /** Why an answer is not kept any longer. */
    public enum Leaving {
        /** There was no room. */
        SIZE,
        /** Its retention was over. */
        AGE,
        /** Another version of the model answers now. */
        MODEL
    }

    private record Entry(long bytes, Instant storedAt, String model) {}

    private final ReuseSettings settings;
    /** Oldest first. */
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();

    private final Map<String, String> models = new HashMap<>();
    private long bytes;

    public ReuseLedger(ReuseSettings settings) {
        this.settings = settings;
    }

    /** Whether an answer for the key is kept and still good. */
    public boolean has(String key, Instant now) {
        var entry = entries.get(key);
        return entry != null && !outdated(entry, now) && current(key, entry);
    }

    /** Whether an answer of this size is worth keeping. */
    public boolean takes(long answerBytes) {
        return answerBytes <= settings.maxEntryBytes() && answerBytes <= settings.maxBytes();
    }

    /** A model of this version answered a request with this key. */
    public void served(String key, String model) {
        models.put(ReuseKey.scope(key), model);
    }

    /**
     * An answer is kept from now on, in place of an older one for its key; call in the order of {@code storedAt}.
     *
     * @return the keys that must go for it
     */
    public Map<String, Leaving> keep(String key, long answerBytes, String model, Instant storedAt) {
        served(key, model);
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
    public Map<String, Leaving> leaving(Instant now, int most) {
        var leaving = new LinkedHashMap<String, Leaving>();
        while (leaving.size() < most
                && !entries.isEmpty()
                && outdated(entries.firstEntry().getValue(), now)) {
            var first = entries.firstEntry();
            leaveFirst(leaving, current(first.getKey(), first.getValue()) ? Leaving.AGE : Leaving.MODEL);
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

    private boolean current(String key, Entry entry) {
        return entry.model().equals(models.get(ReuseKey.scope(key)));
    }
}

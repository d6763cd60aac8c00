package io.unifluid.gateway.view;

import io.micrometer.core.instrument.Counter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps what was said of each request, for some time and up to some bytes; the oldest go first. Beside what is kept, the same
 * store has an entry for the age of each, in order, with its size. Something that is said anew keeps its entry, which is moved
 * when its time has come: so a request costs one entry, not one for each status.
 */
final class KeepProcessor implements Processor<byte[], byte[], Void, Void> {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    /** A key, its age's entry and what a store needs around them. */
    private static final int AROUND = 128;

    private static final byte AGE = 'a';
    private static final int AGE_HEAD = 1 + Long.BYTES;
    private static final Bytes YOUNGEST = Bytes.wrap(new byte[] {AGE + 1});
    /** Of the last that was let go of for want of room, how old it was. */
    private static final Bytes DROPPED = Bytes.wrap(new byte[] {'d'});

    /** So much of the most is let go of at once, since looking for the oldest has its price. */
    private static final int PART = 64;

    private final Limits limits;
    private final News news;
    private final Consumer<RecordMetadata> worked;
    private ProcessorContext<Void, Void> context;
    private KeyValueStore<Bytes, byte[]> store;
    private long bytes;
    /** Before it there is nothing but what was deleted, which a search would have to step over. */
    private Bytes oldest;

    /**
     * How much is kept.
     *
     * @param bytes of one partition
     * @param tooOld counts what was let go of for its age, and {@code tooMany} for want of room
     * @param droppedUntil in milliseconds: whatever was said later has not been let go of for want of room
     */
    record Limits(Duration time, long bytes, Counter tooOld, Counter tooMany, LongAccumulator droppedUntil) {}

    /** Who is told of what was said; on the reading thread, which it must not keep. */
    @FunctionalInterface
    interface News {
        void came(Said what, byte[] id, byte[] event);
    }

    /** @param worked is told of each record once it has been worked off */
    KeepProcessor(Limits limits, News news, Consumer<RecordMetadata> worked) {
        this.limits = limits;
        this.news = news;
        this.worked = worked;
    }

    @Override
    public void init(ProcessorContext<Void, Void> itsContext) {
        context = itsContext;
        store = context.getStateStore(ViewTopology.KEPT);
        oldest = Bytes.wrap(new byte[] {AGE});
        bytes = 0;
        try (var ages = store.range(oldest, YOUNGEST)) {
            ages.forEachRemaining(age -> bytes += ByteBuffer.wrap(age.value).getInt());
        }
        var dropped = store.get(DROPPED);
        if (dropped != null) {
            limits.droppedUntil().accumulate(ByteBuffer.wrap(dropped).getLong());
        }
        context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, this::dropOld);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        var metadata = context.recordMetadata().orElseThrow();
        if (record.key() != null) {
            take(Said.on(metadata.topic()), record);
        }
        worked.accept(metadata);
    }

    private void take(Said what, Record<byte[], byte[]> record) {
        var id = record.key();
        if (record.value() == null) {
            drop(what.key(id));
            return;
        }
        boolean counts = switch (what) {
            case ACCEPTED -> store.get(what.key(id)) == null;
            case STATUS -> store.get(Said.RESULT.key(id)) == null;
            case RESULT -> true;
        };
        if (!counts) {
            return;
        }
        keep(what.key(id), Math.min(record.timestamp(), context.currentSystemTimeMs()), record.value());
        if (what == Said.RESULT) {
            drop(Said.STATUS.key(id));
        }
        if (bytes > limits.bytes()) {
            dropMany();
        }
        news.came(what, id, record.value());
    }

    private void keep(Bytes key, long at, byte[] event) {
        var before = store.get(key);
        if (before == null) {
            age(key, at, event);
        }
        long aged = before == null ? at : Kept.of(before).agedAt();
        store.put(key, new Kept(aged, at, event).bytes());
    }

    private void age(Bytes key, long at, byte[] event) {
        var age = age(at, key);
        store.put(
                age,
                ByteBuffer.allocate(Integer.BYTES).putInt(event.length + AROUND).array());
        bytes += event.length + AROUND;
        if (age.compareTo(oldest) < 0) {
            oldest = age;
        }
    }

    private void drop(Bytes key) {
        var before = store.delete(key);
        if (before != null) {
            forget(age(Kept.of(before).agedAt(), key));
        }
    }

    private void forget(Bytes age) {
        var size = store.delete(age);
        if (size != null) {
            bytes -= ByteBuffer.wrap(size).getInt();
        }
    }

    private void dropOld(long nowMillis) {
        long until = nowMillis - limits.time().toMillis();
        try (var old = store.range(oldest, age(until, Bytes.wrap(new byte[0])))) {
            while (old.hasNext()) {
                var age = old.next().key;
                var key = kept(age);
                var value = store.get(key);
                var what = value == null ? null : Kept.of(value);
                forget(age);
                if (what != null && what.saidAt() > until) {
                    age(key, what.saidAt(), what.event());
                    store.put(key, new Kept(what.saidAt(), what.saidAt(), what.event()).bytes());
                } else if (store.delete(key) != null) {
                    limits.tooOld().increment();
                }
                oldest = age;
            }
        }
    }

    private void dropMany() {
        long most = limits.bytes() - limits.bytes() / PART;
        try (var ages = store.range(oldest, YOUNGEST)) {
            while (bytes > most && ages.hasNext()) {
                var age = ages.next().key;
                forget(age);
                if (store.delete(kept(age)) != null) {
                    limits.tooMany().increment();
                }
                limits.droppedUntil()
                        .accumulate(ByteBuffer.wrap(age.get(), 1, Long.BYTES).getLong());
                oldest = age;
            }
        }
        store.put(
                DROPPED,
                ByteBuffer.allocate(Long.BYTES)
                        .putLong(limits.droppedUntil().get())
                        .array());
    }

    private static Bytes age(long atMillis, Bytes key) {
        return Bytes.wrap(ByteBuffer.allocate(AGE_HEAD + key.get().length)
                .put(AGE)
                .putLong(Math.max(0, atMillis))
                .put(key.get())
                .array());
    }

    private static Bytes kept(Bytes age) {
        return Bytes.wrap(Arrays.copyOfRange(age.get(), AGE_HEAD, age.get().length));
    }
}

package io.unifluid.gateway.moderation;

import io.unifluid.gateway.view.SmallStores;
import io.unifluid.schemas.Ruling;
import io.unifluid.schemas.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Slice;
import org.rocksdb.WriteOptions;

/**
 * What was flagged and what was decided about it last, on this machine's disk, and of each tenant those at which people must
 * look, in the order in which they were judged. Records may come in any order, and again. Thread-safe.
 */
final class ReviewStore implements AutoCloseable {
    private static final byte VERDICT = 'v';
    private static final byte RULING = 'r';
    /** Of a tenant, by the time of the verdict. */
    private static final byte OPEN = 'o';
    /** Of verdicts and rulings, by the time of their records. */
    private static final byte AGE = 'a';

    private static final byte[] NOTHING = {};

    private final Options options;
    /** What is lost with the process is read anew. */
    private final WriteOptions writing;

    private final RocksDB store;
    private boolean closed;

    /** @param folder of its own; what an earlier one left there goes */
    ReviewStore(Path folder) {
        options = SmallStores.options().setCreateIfMissing(true); // loads the library
        writing = new WriteOptions().setDisableWAL(true);
        try {
            RocksDB.destroyDB(folder.toString(), options);
            store = RocksDB.open(options, folder.toString());
        } catch (RocksDBException e) {
            writing.close();
            options.close();
            throw failed(e);
        }
    }

    /** @param at of its record, in milliseconds, by which it is forgotten one day */
    synchronized void flagged(Verdict verdict, long at) {
        var name = name(verdict.getTenant(), verdict.getSubmissionId());
        put(VERDICT, name, at, bytes(verdict::toByteBuffer));
        mark(verdict, last(name));
    }

    /** Likewise; one that changed nothing says nothing. */
    synchronized void ruled(Ruling ruling, long at) {
        if (!ruling.getAccepted()) {
            return;
        }
        var name = name(ruling.getTenant(), ruling.getSubmissionId());
        if (last(name)
                .filter(known -> known.getRevision() > ruling.getRevision())
                .isPresent()) {
            return;
        }
        put(RULING, name, at, bytes(ruling::toByteBuffer));
        verdict(name).ifPresent(verdict -> mark(verdict, Optional.of(ruling)));
    }

    private void mark(Verdict verdict, Optional<Ruling> last) {
        var open = open(verdict);
        if (new Reviews.Item(verdict, last).open()) {
            put(open, NOTHING);
        } else {
            delete(open);
        }
    }

    /** Nothing for one that was not flagged, or is another tenant's. */
    synchronized Optional<Reviews.Item> find(String tenant, String submission) {
        return item(name(tenant, submission));
    }

    private Optional<Reviews.Item> item(byte[] name) {
        return verdict(name).map(verdict -> new Reviews.Item(verdict, last(name)));
    }

    /**
     * Those of the tenant at which people must still look, the oldest first.
     *
     * @param after behind which one, whether people must still look at that or not; null for the first
     */
    synchronized List<Reviews.Item> open(String tenant, Verdict after, int most) {
        var prefix = key(OPEN, owner(tenant));
        var end = prefix.clone();
        end[end.length - 1]++; // A tenant's last byte in UTF-8 is never 0xff.
        var items = new ArrayList<Reviews.Item>();
        try (var bound = new Slice(end);
                var reading = new ReadOptions().setIterateUpperBound(bound);
                var open = requireOpen().newIterator(reading)) {
            if (after == null) {
                open.seek(prefix);
            } else {
                open.seek(open(after));
                if (open.isValid() && Arrays.equals(open.key(), open(after))) {
                    open.next();
                }
            }
            for (; open.isValid() && items.size() < most; open.next()) {
                var id = Arrays.copyOfRange(open.key(), prefix.length + Long.BYTES, open.key().length);
                item(name(owner(tenant), id)).ifPresent(items::add);
            }
            open.status();
            return items;
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    /** Those whose records are older are there no more, as on the topics. */
    synchronized void forgetBefore(Instant time) {
        var old = new ArrayList<byte[]>();
        try (var bound = new Slice(age(time.toEpochMilli(), NOTHING));
                var reading = new ReadOptions().setIterateUpperBound(bound);
                var ages = requireOpen().newIterator(reading)) {
            for (ages.seek(new byte[] {AGE}); ages.isValid(); ages.next()) {
                old.add(ages.key());
            }
            ages.status();
        } catch (RocksDBException e) {
            throw failed(e);
        }
        for (var age : old) {
            var key = Arrays.copyOfRange(age, 1 + Long.BYTES, age.length);
            delete(age);
            forget(key, ByteBuffer.wrap(age, 1, Long.BYTES).getLong());
        }
    }

    /** One that came again since has another age. */
    private void forget(byte[] key, long at) {
        var value = get(key);
        if (value != null && ByteBuffer.wrap(value).getLong() == at) {
            if (key[0] == VERDICT) {
                verdict(Arrays.copyOfRange(key, 1, key.length)).ifPresent(verdict -> delete(open(verdict)));
            }
            delete(key);
        }
    }

    private Optional<Verdict> verdict(byte[] name) {
        return value(key(VERDICT, name), Verdict::fromByteBuffer);
    }

    private Optional<Ruling> last(byte[] name) {
        return value(key(RULING, name), Ruling::fromByteBuffer);
    }

    private interface Decoder<V> {
        V decode(ByteBuffer bytes) throws IOException;
    }

    private <V> Optional<V> value(byte[] key, Decoder<V> decoder) {
        var value = get(key);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(decoder.decode(ByteBuffer.wrap(value).position(Long.BYTES)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void put(byte kind, byte[] name, long at, byte[] what) {
        var key = key(kind, name);
        var before = get(key);
        if (before != null) {
            delete(age(ByteBuffer.wrap(before).getLong(), key));
        }
        put(
                key,
                ByteBuffer.allocate(Long.BYTES + what.length)
                        .putLong(at)
                        .put(what)
                        .array());
        put(age(at, key), NOTHING);
    }

    private interface Encoded {
        ByteBuffer bytes() throws IOException;
    }

    private static byte[] bytes(Encoded encoded) {
        try {
            var buffer = encoded.bytes();
            var bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] name(String tenant, String submission) {
        return name(owner(tenant), submission.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] name(byte[] owner, byte[] submission) {
        return ByteBuffer.allocate(owner.length + submission.length)
                .put(owner)
                .put(submission)
                .array();
    }

    /** With its length before it, so that no tenant's is the beginning of another's. */
    private static byte[] owner(String tenant) {
        var bytes = tenant.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    private static byte[] key(byte kind, byte[] rest) {
        return ByteBuffer.allocate(1 + rest.length).put(kind).put(rest).array();
    }

    private static byte[] open(Verdict verdict) {
        var id = verdict.getSubmissionId().getBytes(StandardCharsets.UTF_8);
        var owner = owner(verdict.getTenant());
        return ByteBuffer.allocate(1 + owner.length + Long.BYTES + id.length)
                .put(OPEN)
                .put(owner)
                .putLong(Math.max(0, verdict.getDecidedAt().toEpochMilli()))
                .put(id)
                .array();
    }

    private static byte[] age(long at, byte[] key) {
        return ByteBuffer.allocate(1 + Long.BYTES + key.length)
                .put(AGE)
                .putLong(at)
                .put(key)
                .array();
    }

    private byte[] get(byte[] key) {
        try {
            return requireOpen().get(key);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    private void put(byte[] key, byte[] value) {
        try {
            requireOpen().put(writing, key, value);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    private void delete(byte[] key) {
        try {
            requireOpen().delete(writing, key);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    /** What is closed must not be touched: it is no object of the virtual machine. */
    private RocksDB requireOpen() {
        if (closed) {
            throw new IllegalStateException("The store of reviews is closed.");
        }
        return store;
    }

    private static IllegalStateException failed(RocksDBException e) {
        return new IllegalStateException("The store of reviews in the state folder does not work.", e);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            store.close();
            writing.close();
            options.close();
        }
    }
}

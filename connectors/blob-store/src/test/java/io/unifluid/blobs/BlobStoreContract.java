package io.unifluid.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link BlobStore} promises. Each test gets an empty store. */
abstract class BlobStoreContract {
    private BlobStore store;

    /** A store with nothing in it. */
    abstract BlobStore openEmpty();

    /** Replaces what is stored under the key behind the store's back. */
    abstract void damage(BlobKey key, byte[] otherBytes);

    /** Puts something that is no blob among the blobs. */
    abstract void addStranger();

    @BeforeEach
    final void open() {
        store = openEmpty();
    }

    @AfterEach
    final void close() {
        store.close();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void givesBackWhatWasPut() {
        BlobKey key = store.put(bytes("a picture"));
        assertThat(key).isEqualTo(BlobKey.of(bytes("a picture")));
        assertThat(store.exists(key)).isTrue();
        assertThat(store.get(key)).isEqualTo(bytes("a picture"));
    }

    @Test
    void keepsAnEmptyBlob() {
        assertThat(store.get(store.put(new byte[0]))).isEmpty();
    }

    @Test
    void keepsTwentyMebibytes() {
        byte[] large = new byte[20 << 20];
        new Random(7).nextBytes(large);
        assertThat(store.get(store.put(large))).isEqualTo(large);
    }

    @Test
    void storesTheSameBytesOnce() {
        BlobKey first = store.put(bytes("twice"));
        assertThat(store.put(bytes("twice"))).isEqualTo(first);
        assertThat(store.list()).hasSize(1);
    }

    @Test
    void takesPutsFromManyThreadsAtOnce() throws Exception {
        byte[] shared = new byte[300_000];
        new Random(1).nextBytes(shared);
        BlobKey sharedKey = store.put(shared);
        List<Callable<byte[]>> tasks = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            byte[] own = bytes("picture " + i);
            tasks.add(() -> store.get(store.put(own)));
            tasks.add(() -> store.get(store.put(shared)));
            tasks.add(() -> store.get(sharedKey));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> done = threads.invokeAll(tasks);
            for (int i = 0; i < 12; i++) {
                assertThat(done.get(3 * i).get()).isEqualTo(bytes("picture " + i));
                assertThat(done.get(3 * i + 1).get()).isEqualTo(shared);
                assertThat(done.get(3 * i + 2).get()).isEqualTo(shared);
            }
        }
        assertThat(store.list()).hasSize(13);
    }

    @Test
    void saysThatABlobIsMissing() {
        BlobKey key = BlobKey.of(bytes("never stored"));
        assertThat(store.exists(key)).isFalse();
        assertThatThrownBy(() -> store.get(key))
                .isInstanceOf(BlobNotFoundException.class)
                .hasMessage("There is no blob " + key.sha256Hex() + " in " + store
                        + ": it was never stored there or has been removed, so send the picture again.");
    }

    @Test
    void noticesDamageAndIsRepairedByPuttingAgain() {
        BlobKey key = store.put(bytes("original"));
        damage(key, bytes("0riginal"));
        assertThatThrownBy(() -> store.get(key))
                .isInstanceOf(BlobCorruptException.class)
                .hasMessage("Blob " + key.sha256Hex() + " in " + store + " is corrupt: its 8 bytes hash to "
                        + BlobKey.of(bytes("0riginal")).sha256Hex() + ", so send the picture again.");
        store.put(bytes("original"));
        assertThat(store.get(key)).isEqualTo(bytes("original"));
    }

    @Test
    void readsUpToTheReadersLimit() {
        BlobKey key = store.put(new byte[1000]);
        assertThat(store.get(key, 1000)).hasSize(1000);
        assertThatThrownBy(() -> store.get(key, 999))
                .isInstanceOf(BlobTooLargeException.class)
                .hasMessage("Blob " + key.sha256Hex() + " has 1000 bytes, and at most 999 are allowed.");
    }

    @Test
    void forgetsWhatIsDeleted() {
        BlobKey kept = store.put(bytes("kept"));
        BlobKey deleted = store.put(bytes("deleted"));
        store.delete(deleted);
        store.delete(deleted);
        assertThat(store.exists(deleted)).isFalse();
        assertThat(store.list().map(BlobEntry::key)).containsExactly(kept);
    }

    @Test
    void removesOnlyWhatIsOlder() {
        BlobKey key = store.put(bytes("old or not"));
        Instant put = age(key);
        assertThat(store.deleteIfOlder(key, put)).isFalse();
        assertThat(store.exists(key)).isTrue();
        assertThat(store.deleteIfOlder(key, put.plusMillis(1))).isTrue();
        assertThat(store.exists(key)).isFalse();
        assertThat(store.deleteIfOlder(key, put.plusMillis(1))).isFalse();
    }

    /** S3 counts whole seconds. */
    @Test
    void puttingTheSameBytesAgainMakesTheBlobYoung() throws InterruptedException {
        BlobKey key = store.put(bytes("put twice"));
        Instant first = age(key);
        while (!age(key).isAfter(first)) {
            Thread.sleep(50);
            store.put(bytes("put twice"));
        }
        assertThat(store.deleteIfOlder(key, first.plusMillis(1))).isFalse();
        assertThat(store.get(key)).isEqualTo(bytes("put twice"));
    }

    @Test
    void whatIsPutWhileACollectorRemovesIsThereAfterwards() throws Exception {
        byte[] shared = bytes("wanted again");
        BlobKey key = store.put(shared);
        Instant old = age(key).plusMillis(1);
        while (!age(key).isAfter(old)) {
            Thread.sleep(50);
            store.put(shared);
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Object>> tasks = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                tasks.add(() -> store.put(shared));
                tasks.add(() -> store.deleteIfOlder(key, old));
            }
            for (Future<Object> done : threads.invokeAll(tasks)) {
                done.get();
            }
        }
        assertThat(store.get(key)).isEqualTo(shared);
    }

    private Instant age(BlobKey key) {
        return store.list()
                .filter(entry -> entry.key().equals(key))
                .map(BlobEntry::lastModified)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void listsBlobsWithSizeAndAge() {
        assertThat(store.list()).isEmpty();
        List<BlobKey> keys = IntStream.range(0, 5)
                .mapToObj(size -> store.put(new byte[size]))
                .toList();
        addStranger();
        assertThat(store.list().map(BlobEntry::key)).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(store.list()).allSatisfy(entry -> {
            assertThat(entry.size()).isEqualTo(keys.indexOf(entry.key()));
            assertThat(Duration.between(entry.lastModified(), Instant.now()).abs())
                    .isLessThan(Duration.ofMinutes(10));
        });
    }

    @Test
    void wouldWorkAndLeavesNothingBehindSayingSo() {
        StoreCheck check = store.check();
        assertThat(check.ok()).as(check.sentence()).isTrue();
        assertThat(check.sentence()).contains(store.toString()).contains("is writable");
        assertThat(store.list()).isEmpty();
    }
}

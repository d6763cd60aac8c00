package io.unifluid.gateway.file;

import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStores;
import io.unifluid.blobs.fetch.FetchSettings;
import io.unifluid.client.TopicWriter;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.topic.CompactedTopic;
import io.unifluid.operations.tenants.Ids;
import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.StoredFile;
import io.unifluid.schemas.Topics;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;

/**
 * Files that tenants keep: their bytes in the workers' blob store, in pieces, and what is known of them on a compacted topic
 * that every gateway follows. Deleting one removes its record; the bytes go with {@code unifluid blobs collect}, since
 * others may have put the same. Thread-safe.
 */
@Singleton
public final class StoredFiles {
    public static final String KIND = "file-";
    public static final String BATCH = "batch";
    public static final String BATCH_OUTPUT = "batch_output";

    /** Pictures are one piece, so that a request names it as it is. */
    static final int LARGEST_PICTURE = (int) FetchSettings.DEFAULT_MAX_BYTES;

    private static final int LEAST_SECONDS = 3600;
    private static final int MOST_SECONDS = 2_592_000;
    private static final int PIECE = 4 * 1024 * 1024;
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CompactedTopic<StoredFile> known;
    private final TopicWriter<StoredFile> writer;
    private final BlobStore store;

    StoredFiles(GatewaySettings settings) {
        this.store = BlobStores.open(settings.cluster().blobs().orElseThrow());
        this.known = new CompactedTopic<>(settings.cluster(), Topics.FILES);
        this.writer = new TopicWriter<>(settings.cluster(), Topics.FILES);
    }

    /** What is said where there is no such file, or it is somebody else's. */
    public static ApiError missing(String parameter, String id) {
        return ApiError.notFound(
                parameter,
                "file_not_found",
                "There is no file '" + OneLine.of(id, 100) + "': upload it first (POST /v1/files).");
    }

    /** Whether a request may name it as its picture. */
    public static boolean mayBePicture(StoredFile file) {
        return file.getParts().size() == 1
                && (file.getPurpose().equals("vision") || file.getPurpose().equals("user_data"));
    }

    /** Where the bytes of a file go to. */
    public Parts parts(String purpose) {
        return new Parts(store, purpose.equals(BATCH) || purpose.equals(BATCH_OUTPUT) ? PIECE : LARGEST_PICTURE);
    }

    /**
     * A file as it is kept; {@link #keep} keeps it.
     *
     * @param parts closed
     */
    public static StoredFile file(
            String tenant, String purpose, String filename, Parts parts, Optional<Instant> expiresAt) {
        return StoredFile.newBuilder()
                .setId(Ids.fresh(KIND))
                .setTenant(tenant)
                .setPurpose(purpose)
                .setFilename(OneLine.of(filename, 255))
                .setBytes(parts.bytes())
                .setCreatedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .setExpiresAt(
                        expiresAt.map(at -> at.truncatedTo(ChronoUnit.MILLIS)).orElse(null))
                .setParts(parts.claims())
                .build();
    }

    /** The key of its record. */
    public static String key(StoredFile file) {
        return key(file.getTenant(), file.getId());
    }

    private static String key(String tenant, String id) {
        return tenant + "/" + id;
    }

    /** Returns when it is there for everybody, and known here. */
    void keep(StoredFile file) {
        synchronized (writer) {
            writer.send(key(file), file);
        }
        known.await(key(file), Optional::isPresent, PATIENCE);
    }

    /** Nothing for one that is not there, has ended, or is another tenant's. */
    public Optional<StoredFile> find(String tenant, String id) {
        var key = key(tenant, id);
        if (known.get(key).isEmpty() && Ids.isYoung(KIND, id)) {
            known.await(key, Optional::isPresent, ON_ITS_WAY);
        }
        return known.get(key).filter(StoredFiles::stands);
    }

    /** Of a tenant, in no order. */
    List<StoredFile> of(String tenant) {
        return known.all().stream()
                .filter(file -> file.getTenant().equals(tenant) && stands(file))
                .toList();
    }

    private static boolean stands(StoredFile file) {
        return file.getExpiresAt() == null || file.getExpiresAt().isAfter(Instant.now());
    }

    void delete(StoredFile file) {
        forget(key(file));
        known.await(key(file), Optional::isEmpty, PATIENCE);
    }

    /** Removes the records of those that have ended. */
    public void forgetEnded() {
        known.all().stream().filter(file -> !stands(file)).forEach(file -> forget(key(file)));
    }

    private void forget(String key) {
        synchronized (writer) {
            writer.send(key, null);
        }
    }

    /** Seconds that {@code expires_after}, or what else has its form, gives a file. */
    public static int lifetime(Fields after) {
        after.only("anchor", "created_at");
        int seconds = after.whole("seconds", LEAST_SECONDS, MOST_SECONDS)
                .orElseThrow(() -> ApiError.parameter(
                        after.path("seconds"),
                        "missing_required_parameter",
                        "'" + after.path("seconds") + "' is missing: give a whole number."));
        after.end();
        return seconds;
    }

    /** Its bytes; a piece is read when it is come to. */
    public InputStream content(List<String> parts) {
        var left = parts.iterator();
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return left.hasNext();
            }

            @Override
            public InputStream nextElement() {
                return new ByteArrayInputStream(store.get(BlobKey.parse(left.next())));
            }
        });
    }

    public Optional<String> trouble() {
        return known.trouble();
    }

    @PreDestroy
    void close() {
        known.close();
        synchronized (writer) {
            writer.close();
        }
        store.close();
    }
}

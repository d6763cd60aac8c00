package io.unifluid.blobs.fetch;

import io.unifluid.blobs.S3Access;
import io.unifluid.blobs.S3Settings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/** {@code s3://bucket/key} pictures, only from configured buckets and prefixes; the key is taken literally. */
final class S3Pictures implements AutoCloseable {
    private static final String SCHEME = "s3://";

    private final FetchSettings settings;
    private final Map<S3Settings, S3Client> clients = new LinkedHashMap<>();

    S3Pictures(FetchSettings settings, List<S3Settings> buckets) {
        this.settings = settings;
        for (S3Settings bucket : buckets) {
            clients.computeIfAbsent(bucket, place -> S3Access.client(place, settings.timeout()));
        }
    }

    byte[] read(String uri) {
        String rest = uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length()) ? uri.substring(SCHEME.length()) : "";
        int slash = rest.indexOf('/');
        if (slash < 1 || slash == rest.length() - 1) {
            throw FetchException.badInput(
                    "The picture URI " + Redaction.uri(uri) + " is not an S3 object: write s3://bucket/key.");
        }
        String bucket = rest.substring(0, slash);
        String key = rest.substring(slash + 1);
        for (var entry : clients.entrySet()) {
            S3Settings place = entry.getKey();
            if (place.bucket().equals(bucket) && key.startsWith(place.prefix())) {
                return read(uri, entry.getValue(), bucket, key);
            }
        }
        throw FetchException.badInput("The picture " + Redaction.uri(uri)
                + " lies in no bucket that this worker may read: add s3://" + Redaction.text(bucket) + " to "
                + FetchSettings.BUCKETS + ".");
    }

    private byte[] read(String uri, S3Client client, String bucket, String key) {
        try {
            return S3Access.read(client, bucket, key, settings.maxBytes());
        } catch (S3Access.TooLarge e) {
            throw Redaction.tooLarge(uri, settings.maxBytes());
        } catch (SdkException e) {
            throw switch (S3Access.status(e)) {
                case 403 ->
                    FetchException.badInput(
                            "The worker may not read the picture " + Redaction.uri(uri) + " (" + S3Access.reason(e)
                                    + "): it does not exist or the credentials do not allow it.",
                            e);
                case 404 ->
                    FetchException.badInput(
                            "There is no picture " + Redaction.uri(uri) + " (" + S3Access.reason(e) + ").", e);
                default -> outage(uri, e);
            };
        } catch (IOException e) {
            throw outage(uri, e);
        }
    }

    @Override
    public void close() {
        clients.values().forEach(S3Client::close);
    }

    private static FetchException outage(String uri, Exception e) {
        return FetchException.passing(
                "S3 did not deliver the picture " + Redaction.uri(uri) + " (" + S3Access.reason(e) + ").", e);
    }
}

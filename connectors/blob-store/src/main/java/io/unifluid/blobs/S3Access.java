package io.unifluid.blobs;

import java.io.IOException;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** What the blob store and the fetcher share: the client, bounded reads, and words for S3's failures. */
public final class S3Access {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** A connection that is silent for so long is given up, and the call tried again on another one. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private S3Access() {}

    /**
     * A client that talks plain S3, without the checksum trailers that other servers than Amazon's may refuse: every
     * blob is checked against its own hash anyway.
     *
     * @param timeout for one call, its retries included
     */
    public static S3Client client(S3Settings settings, Duration timeout) {
        var builder = S3Client.builder()
                .region(Region.of(settings.region()))
                .credentialsProvider(credentials(settings))
                .forcePathStyle(settings.pathStyle())
                .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(call -> call.apiCallTimeout(timeout))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(shorter(timeout, CONNECT_TIMEOUT))
                        .socketTimeout(shorter(timeout, SILENCE)));
        settings.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /**
     * All bytes of an object, which may not have more than {@code maxBytes}. The client tries a call again that has no
     * answer, but not the reading of its body: where that breaks off, or falls silent, the call is made once more.
     *
     * @throws TooLarge before reading when the server says so, else as soon as there are too many
     * @throws SdkException as the client throws it
     * @throws IOException when the connection breaks while reading, twice
     */
    public static byte[] read(S3Client client, String bucket, String key, long maxBytes) throws IOException, TooLarge {
        try {
            return readOnce(client, bucket, key, maxBytes);
        } catch (IOException e) {
            return readOnce(client, bucket, key, maxBytes);
        }
    }

    private static byte[] readOnce(S3Client client, String bucket, String key, long maxBytes)
            throws IOException, TooLarge {
        ResponseInputStream<GetObjectResponse> in =
                client.getObject(request -> request.bucket(bucket).key(key));
        try (in) {
            long size = in.response().contentLength();
            if (size > maxBytes) {
                in.abort();
                throw new TooLarge(size);
            }
            byte[] bytes = in.readNBytes((int) Math.min(size, Integer.MAX_VALUE - 8));
            if (bytes.length < size) {
                throw new IOException("the connection ended after " + bytes.length + " of " + size + " bytes");
            }
            return bytes;
        }
    }

    /** The object has this many bytes. */
    public static final class TooLarge extends Exception {
        private static final long serialVersionUID = 1L;

        private final long size;

        TooLarge(long size) {
            super(size + " bytes");
            this.size = size;
        }

        long size() {
            return size;
        }
    }

    /** HTTP status of a refusal by the server, or 0 when there was no answer. */
    public static int status(SdkException e) {
        return e instanceof AwsServiceException answer ? answer.statusCode() : 0;
    }

    /** Whether the server refused, and will do so again; silence and overload may pass. */
    public static boolean refused(SdkException e) {
        int status = status(e);
        return status >= 400 && status < 500 && status != 429 && status != 408;
    }

    /** A few words, without the request ids and stack of client details that the SDK adds. */
    public static String reason(Exception e) {
        if (e instanceof AwsServiceException answer && answer.awsErrorDetails() != null) {
            return answer.awsErrorDetails().errorCode() + ", HTTP " + answer.statusCode();
        }
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
    }

    private static AwsCredentialsProvider credentials(S3Settings settings) {
        return settings.credentials()
                .<AwsCredentialsProvider>map(pair -> StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(pair.accessKeyId(), pair.secretAccessKey())))
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }
}

package io.unifluid.blobs;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/**
 * A part of an S3 bucket and how to reach it.
 *
 * @param endpoint another server than Amazon's, such as {@code http://minio:9000}
 * @param prefix empty, or the start of every key, ending with a slash (added when missing)
 * @param pathStyle bucket in the path instead of in the host name, as most other servers want it
 * @param credentials empty: AWS's default chain (environment, profile, container, instance)
 */
public record S3Settings(
        Optional<URI> endpoint,
        String region,
        String bucket,
        String prefix,
        boolean pathStyle,
        Optional<Credentials> credentials) {
    private static final String EXAMPLE =
            "s3://bucket/prefix?endpoint=http://host:9000&region=eu-central-1&pathStyle=true";
    private static final String DEFAULT_REGION = "us-east-1";

    /** A fixed pair of keys; the secret stays out of {@link #toString()}. */
    public record Credentials(String accessKeyId, String secretAccessKey) {
        public Credentials {
            Objects.requireNonNull(accessKeyId, "accessKeyId");
            Objects.requireNonNull(secretAccessKey, "secretAccessKey");
        }

        @Override
        public String toString() {
            return "Credentials[accessKeyId=" + accessKeyId + "]";
        }
    }

    public S3Settings {
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(credentials, "credentials");
        if (region.isBlank() || bucket.isBlank() || bucket.contains("/")) {
            throw new IllegalArgumentException(
                    "An S3 location needs a region and a bucket name without slashes: write " + EXAMPLE + ".");
        }
        if (prefix.startsWith("/")) {
            prefix = prefix.substring(1);
        }
        if (!prefix.isEmpty() && !prefix.endsWith("/")) {
            prefix = prefix + "/";
        }
    }

    /**
     * Reads {@code s3://bucket/prefix?endpoint=..&region=..&pathStyle=..}. Without an endpoint it is Amazon's, without a
     * region us-east-1; pathStyle is true when there is an endpoint. Credentials come from the default chain.
     *
     * @throws IllegalArgumentException with one sentence when it is anything else
     */
    public static S3Settings parse(String location) {
        if (!location.startsWith("s3://")) {
            throw new IllegalArgumentException("'" + location + "' is not an S3 location: write " + EXAMPLE + ".");
        }
        String rest = location.substring("s3://".length());
        int question = rest.indexOf('?');
        String place = question < 0 ? rest : rest.substring(0, question);
        int slash = place.indexOf('/');
        Optional<URI> endpoint = Optional.empty();
        String region = DEFAULT_REGION;
        Optional<Boolean> pathStyle = Optional.empty();
        for (String parameter :
                question < 0 ? new String[0] : rest.substring(question + 1).split("&")) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            String value = equals < 0 ? "" : URLDecoder.decode(parameter.substring(equals + 1), StandardCharsets.UTF_8);
            switch (name) {
                case "endpoint" -> endpoint = Optional.of(endpoint(location, value));
                case "region" -> region = value;
                case "pathStyle" -> pathStyle = Optional.of(truth(location, value));
                default ->
                    throw new IllegalArgumentException("'" + name + "' in '" + location
                            + "' is not known: S3 locations take endpoint, region and pathStyle.");
            }
        }
        return new S3Settings(
                endpoint,
                region,
                slash < 0 ? place : place.substring(0, slash),
                slash < 0 ? "" : place.substring(slash + 1),
                pathStyle.orElse(endpoint.isPresent()),
                Optional.empty());
    }

    public S3Settings withCredentials(Credentials pair) {
        return new S3Settings(endpoint, region, bucket, prefix, pathStyle, Optional.of(pair));
    }

    /** {@code s3://bucket/prefix}, for sentences. */
    String place() {
        return "s3://" + bucket + "/" + prefix;
    }

    private static URI endpoint(String location, String value) {
        if (!value.matches("https?://[^/?#\\s]+/?")) {
            throw new IllegalArgumentException("The endpoint '" + value + "' in '" + location
                    + "' is not a server address: write http://host:port or https://host.");
        }
        return URI.create(value);
    }

    private static boolean truth(String location, String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new IllegalArgumentException(
                        "pathStyle in '" + location + "' is '" + value + "': write true or false.");
        };
    }
}

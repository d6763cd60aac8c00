package io.unifluid.blobs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.S3Client;

/** A real S3 server, one child process for the whole test run; its jar is put into target by the build. */
public final class S3Server {
    private static final Pattern PORTS = Pattern.compile("started on ports? .*?(\\d+) \\(http\\)");
    private static final S3Settings.Credentials CREDENTIALS = new S3Settings.Credentials("test", "secret");

    private static S3Server shared;

    private final int port;

    private S3Server(int port) {
        this.port = port;
    }

    public static synchronized S3Server shared() {
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    /** A new bucket with the prefix {@code some/prefix}. */
    public S3Settings newBucket() {
        S3Settings settings = settings("bucket-" + UUID.randomUUID());
        try (S3Client client = client(settings)) {
            client.createBucket(request -> request.bucket(settings.bucket()));
        }
        return settings;
    }

    public S3Settings settings(String bucket) {
        return settings(port, bucket);
    }

    public static S3Settings settings(int port, String bucket) {
        return new S3Settings(
                Optional.of(URI.create("http://127.0.0.1:" + port)),
                "us-east-1",
                bucket,
                "some/prefix",
                true,
                Optional.of(CREDENTIALS));
    }

    public static S3Client client(S3Settings settings) {
        return S3Access.client(settings, Duration.ofSeconds(60));
    }

    private static S3Server start() {
        try {
            Path temporary =
                    Files.createDirectories(Path.of("target", "s3-server").toAbsolutePath());
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx512m",
                            "-XX:TieredStopAtLevel=1",
                            "-Djava.io.tmpdir=" + temporary,
                            "-jar",
                            Path.of("target", "s3-server.jar").toAbsolutePath().toString(),
                            "--server.port=0",
                            "--com.adobe.testing.s3mock.http-port=0",
                            "--com.adobe.testing.s3mock.max-payload-size=64MB")
                    .redirectErrorStream(true)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            return new S3Server(awaitPort(process));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int awaitPort(Process process) throws IOException {
        BufferedReader output = process.inputReader();
        StringBuilder seen = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            seen.append(line).append('\n');
            Matcher ports = PORTS.matcher(line);
            if (ports.find()) {
                Thread.ofVirtual().start(() -> output.lines().forEach(rest -> {}));
                return Integer.parseInt(ports.group(1));
            }
        }
        throw new IOException("The S3 server did not start:\n" + seen);
    }
}

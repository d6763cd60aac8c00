package io.unifluid.blobs.fetch;

import static io.unifluid.blobs.fetch.Refusals.badInput;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.unifluid.blobs.FileSystemBlobStore;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a TLS server whose certificate is for {@code pictures.test} alone and signed by nobody known. */
final class TlsTest {
    private static final byte[] PICTURE = {1, 2, 3};
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path folder;

    private SSLContext context;
    private HttpsServer server;

    @BeforeEach
    void open() throws Exception {
        context = context(folder.resolve("keys.p12"));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, PICTURE.length);
            exchange.getResponseBody().write(PICTURE);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    @Test
    void readsFromTheServerThatTheCertificateNames() {
        try (ImageFetcher fetcher = fetcher(context.getSocketFactory())) {
            assertThat(fetcher.fetch(at("pictures.test"))).isEqualTo(PICTURE);
        }
    }

    @Test
    void refusesACertificateForAnotherName() {
        try (ImageFetcher fetcher = fetcher(context.getSocketFactory())) {
            badInput(fetcher, at("other.test")).endsWith("the certificate of other.test is not trusted.");
        }
    }

    @Test
    void refusesACertificateThatNobodyVouchesFor() {
        try (ImageFetcher fetcher = fetcher((SSLSocketFactory) SSLSocketFactory.getDefault())) {
            badInput(fetcher, at("pictures.test")).endsWith("the certificate of pictures.test is not trusted.");
        }
    }

    private ImageLocation at(String host) {
        return ImageLocation.ofUri("https://" + host + ":" + server.getAddress().getPort() + "/x.png");
    }

    private ImageFetcher fetcher(SSLSocketFactory tls) {
        FetchSettings settings =
                new FetchSettings(List.of(), Set.of("pictures.test", "other.test"), true, 100, Duration.ofSeconds(20));
        Resolver here = host -> new InetAddress[] {InetAddress.getLoopbackAddress()};
        return new ImageFetcher(
                settings,
                new FileSystemBlobStore(folder),
                List.of(),
                new HttpPictures(settings, here, any -> true, tls));
    }

    private static SSLContext context(Path file) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "pictures",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=pictures.test",
                        "-ext",
                        "SAN=dns:pictures.test",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("pictures", keys.getCertificate("pictures"));
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, PASSWORD);
        TrustManagerFactory others = TrustManagerFactory.getInstance("PKIX");
        others.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), others.getTrustManagers(), null);
        return context;
    }
}

package io.unifluid.blobs.fetch;

import static io.unifluid.blobs.fetch.Refusals.badInput;
import static io.unifluid.blobs.fetch.Refusals.passing;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.FileSystemBlobStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against a real server on the loopback address. The name {@code pictures.test} counts as public; every other address
 * is judged as in production.
 */
final class HttpPicturesTest {
    private static final byte[] PICTURE = new byte[5000];
    private static final int MAX_BYTES = 10_000;
    private static final Set<String> HOSTS = Set.of("pictures.test", "inner.test", "half.test", "gone.test");
    private static final Predicate<InetAddress> IS_PUBLIC =
            address -> address.getHostName().equals("pictures.test") || PublicAddresses.contains(address);

    @TempDir
    private Path folder;

    private final Map<String, InetAddress[]> names = new HashMap<>();
    private final AtomicInteger resolutions = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
    private final CountDownLatch testIsOver = new CountDownLatch(1);
    private HttpServer server;
    private ImageFetcher fetcher;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/picture", exchange -> answer(exchange, 200, PICTURE.length, PICTURE));
        server.start();
        InetAddress pictures = named("pictures.test", 127, 0, 0, 1);
        names.put("pictures.test", new InetAddress[] {pictures});
        names.put("inner.test", new InetAddress[] {named("inner.test", 127, 0, 0, 1)});
        names.put("half.test", new InetAddress[] {pictures, named("half.test", 10, 0, 0, 1)});
        fetcher = fetcher(Duration.ofSeconds(20));
    }

    @AfterEach
    void close() {
        testIsOver.countDown();
        fetcher.close();
        server.stop(0);
    }

    private ImageFetcher fetcher(Duration timeout) {
        FetchSettings settings = new FetchSettings(List.of(), HOSTS, false, MAX_BYTES, timeout);
        HttpPictures web =
                new HttpPictures(settings, this::resolve, IS_PUBLIC, (SSLSocketFactory) SSLSocketFactory.getDefault());
        return new ImageFetcher(settings, new FileSystemBlobStore(folder), List.of(), web);
    }

    private InetAddress[] resolve(String host) throws UnknownHostException {
        resolutions.incrementAndGet();
        InetAddress[] addresses = names.get(host);
        if (addresses == null) {
            throw new UnknownHostException(host);
        }
        return addresses;
    }

    private static InetAddress named(String name, int a, int b, int c, int d) throws UnknownHostException {
        return InetAddress.getByAddress(name, new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
    }

    private void answer(HttpExchange exchange, int status, long length, byte[] body) throws IOException {
        asked.add(exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI());
        exchange.sendResponseHeaders(status, length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void redirects(String path, int status, String target) {
        server.createContext(path, exchange -> {
            exchange.getResponseHeaders().add("Location", target);
            answer(exchange, status, -1, new byte[0]);
        });
    }

    private int port() {
        return server.getAddress().getPort();
    }

    private String url(String host, String path) {
        return "http://" + host + ":" + port() + path;
    }

    private ImageLocation at(String path) {
        return ImageLocation.ofUri(url("pictures.test", path));
    }

    @Test
    void readsFromAnAllowedHost() {
        assertThat(fetcher.fetch(at("/picture?size=1&q=a%20b"))).isEqualTo(PICTURE);
        assertThat(asked).containsExactly("pictures.test:" + port() + "/picture?size=1&q=a%20b");
    }

    @Test
    void connectsToTheAddressThatWasCheckedWithoutResolvingAgain() {
        assertThat(fetcher.fetch(at("/picture"))).isEqualTo(PICTURE);
        assertThat(resolutions).hasValue(1);
    }

    @Test
    void verifiesTheHash() {
        assertThat(fetcher.fetch(at("/picture").withSha256(BlobKey.of(PICTURE).sha256Hex())))
                .isEqualTo(PICTURE);
        badInput(fetcher, at("/picture").withSha256(BlobKey.of(new byte[0]).sha256Hex()))
                .contains("is not the one announced");
    }

    @Test
    void readsAnswersOfUnknownLength() {
        server.createContext("/chunked", exchange -> answer(exchange, 200, 0, PICTURE));
        assertThat(fetcher.fetch(at("/chunked"))).isEqualTo(PICTURE);
    }

    @Test
    void refusesHostsThatAreNotListed() {
        badInput(fetcher, ImageLocation.ofUri(url("localhost", "/picture")))
                .isEqualTo("The picture " + url("localhost", "/picture")
                        + " is on a host that this worker may not read from: add localhost to UNIFLUID_FETCH_HOSTS.");
        assertThat(resolutions).hasValue(0);
        try (ImageFetcher strict = new ImageFetcher(FetchSettings.defaults(), new FileSystemBlobStore(folder))) {
            badInput(strict, ImageLocation.ofUri("https://example.org/x.png")).contains("UNIFLUID_FETCH_HOSTS");
        }
    }

    @Test
    void refusesListedHostsAtPrivateAddresses() {
        badInput(fetcher, ImageLocation.ofUri(url("inner.test", "/picture")))
                .isEqualTo("The picture " + url("inner.test", "/picture")
                        + " is refused: its host inner.test has the address 127.0.0.1, which is not on the public"
                        + " internet.");
        badInput(fetcher, ImageLocation.ofUri(url("half.test", "/picture"))).contains("the address 10.0.0.1");
        assertThat(asked).isEmpty();
    }

    @Test
    void refusesPrivateAddressesByDefaultAndAllowsThemForTests() {
        FetchSettings settings = FetchSettings.defaults().withAllowedHosts(Set.of("LocalHost", "127.0.0.1"));
        FetchSettings lax = new FetchSettings(List.of(), Set.of("127.0.0.1"), true, MAX_BYTES, settings.timeout());
        ImageLocation here = ImageLocation.ofUri(url("127.0.0.1", "/picture"));
        BlobStore store = new FileSystemBlobStore(folder);
        try (ImageFetcher production = new ImageFetcher(settings, store);
                ImageFetcher test = new ImageFetcher(lax, store)) {
            badInput(production, here).contains("not on the public internet");
            badInput(production, ImageLocation.ofUri(url("localhost", "/picture")))
                    .contains("not on the public internet");
            assertThat(test.fetch(here)).isEqualTo(PICTURE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsRedirects(int status) {
        redirects("/absolute", status, url("pictures.test", "/relative"));
        redirects("/relative", status, "picture");
        assertThat(fetcher.fetch(at("/absolute"))).isEqualTo(PICTURE);
        assertThat(resolutions).hasValue(3);
    }

    @Test
    void judgesEveryRedirectAnew() {
        redirects("/inner", 302, url("inner.test", "/picture"));
        badInput(fetcher, at("/inner")).contains("its host inner.test has the address 127.0.0.1");
        redirects("/metadata", 302, "http://169.254.169.254/latest");
        badInput(fetcher, at("/metadata")).contains("add 169.254.169.254 to UNIFLUID_FETCH_HOSTS");
        redirects("/file", 302, "file:///etc/passwd");
        badInput(fetcher, at("/file")).startsWith("The picture URI file:///etc/passwd is not a web address");
        redirects("/nonsense", 302, "http://[");
        badInput(fetcher, at("/nonsense")).endsWith("which is not a valid address.");
        assertThat(asked).noneMatch(request -> request.endsWith("/picture"));
    }

    @Test
    void followsThreeRedirectsAndNoMore() {
        redirects("/4", 302, "/3");
        redirects("/3", 302, "/2");
        redirects("/2", 302, "/1");
        redirects("/1", 302, "/picture");
        assertThat(fetcher.fetch(at("/3"))).isEqualTo(PICTURE);
        badInput(fetcher, at("/4")).contains("was redirected more than 3 times");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 300, 400, 401, 403, 404, 410})
    void doesNotTryAgainWhenTheServerRefuses(int status) {
        server.createContext("/refused", exchange -> answer(exchange, status, -1, new byte[0]));
        badInput(fetcher, at("/refused"))
                .isEqualTo("The server pictures.test answered " + status + " for the picture "
                        + url("pictures.test", "/refused") + ": give an address that answers 200 with the picture.");
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
    void triesAgainWhenTheServerIsInTrouble(int status) {
        server.createContext("/trouble", exchange -> answer(exchange, status, -1, new byte[0]));
        passing(fetcher, at("/trouble")).contains("answered " + status);
    }

    @Test
    void refusesMoreBytesThanAllowedWithAndWithoutAnAnnouncedLength() {
        byte[] large = new byte[MAX_BYTES + 1];
        server.createContext("/announced", exchange -> answer(exchange, 200, large.length, large));
        server.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (testIsOver.getCount() > 0) {
                exchange.getResponseBody().write(large);
            }
        });
        server.createContext("/full", exchange -> answer(exchange, 200, 0, new byte[MAX_BYTES]));
        badInput(fetcher, at("/announced"))
                .isEqualTo("The picture " + url("pictures.test", "/announced")
                        + " is larger than 10000 bytes: send a smaller one or raise UNIFLUID_FETCH_MAX_BYTES.");
        badInput(fetcher, at("/endless")).contains("is larger than 10000 bytes");
        assertThat(fetcher.fetch(at("/full"))).hasSize(MAX_BYTES);
    }

    @Test
    void givesUpOnServersThatSayNothingOrDrip() {
        server.createContext("/silent", exchange -> awaitEnd());
        server.createContext("/drip", exchange -> {
            exchange.sendResponseHeaders(200, 5000);
            while (testIsOver.getCount() > 0) {
                exchange.getResponseBody().write(1);
                exchange.getResponseBody().flush();
                pause();
            }
        });
        try (ImageFetcher impatient = fetcher(Duration.ofMillis(400))) {
            passing(impatient, at("/silent"))
                    .isEqualTo("The picture " + url("pictures.test", "/silent")
                            + " did not arrive within 400 ms (setting UNIFLUID_FETCH_TIMEOUT).");
            passing(impatient, at("/drip")).contains("did not arrive within 400 ms");
        }
    }

    @Test
    void triesAgainWhenNobodyListensOrTheNameIsUnknown() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        passing(fetcher, ImageLocation.ofUri("http://pictures.test:" + closed + "/x"))
                .isEqualTo(
                        "The picture http://pictures.test:" + closed + "/x could not be fetched (Connection refused).");
        passing(fetcher, ImageLocation.ofUri("http://gone.test/x")).endsWith("the name gone.test does not resolve.");
    }

    @Test
    void saysThatItIsClosed() {
        fetcher.close();
        passing(fetcher, at("/picture")).endsWith("could not be fetched (the fetcher has been closed).");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http:",
                "http:///x",
                "http://pictures.test@inner.test/x",
                "http://user:secret@pictures.test/x",
                "http://pictures.test/a b",
                "http://pictures.test:99999/x",
                "https://pictures_test/x",
                "http:pictures.test/x"
            })
    void refusesUrisThatAreNoWebAddress(String uri) {
        badInput(fetcher, ImageLocation.ofUri(uri)).contains("is not a web address: write https://host/path");
    }

    private void awaitEnd() {
        try {
            testIsOver.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.unifluid.blobs.fetch;

import io.unifluid.blobs.FileProblem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocketFactory;

/**
 * Posts to addresses that strangers have named: to hosts whose every address is public, unless told otherwise, over a
 * connection to exactly such an address; no redirect is followed. Blocks; safe from any thread.
 */
public final class WebPosts implements AutoCloseable {
    private final Predicate<InetAddress> allowed;
    private final Duration timeout;
    private final Resolver resolver;
    private final HttpGet http;

    /**
     * @param privateAddresses whether hosts may have loopback and private addresses
     * @param timeout from resolving the name to the status of the answer
     */
    public WebPosts(boolean privateAddresses, Duration timeout) {
        this(
                privateAddresses ? any -> true : PublicAddresses::contains,
                timeout,
                InetAddress::getAllByName,
                (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    WebPosts(Predicate<InetAddress> allowed, Duration timeout, Resolver resolver, SSLSocketFactory tls) {
        this.allowed = allowed;
        this.timeout = timeout;
        this.resolver = resolver;
        this.http = new HttpGet(tls);
    }

    /**
     * Reads an address, and looks whether its host may be posted to at the moment.
     *
     * @throws FetchException one sentence, when not
     */
    public URI check(String url) {
        URI uri;
        try {
            uri = URI.create(URI.create(url.strip()).toASCIIString());
        } catch (IllegalArgumentException e) {
            throw invalid(url, e);
        }
        var scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        boolean web = scheme.equals("http") || scheme.equals("https");
        if (!web || uri.getHost() == null || uri.getUserInfo() != null || uri.getPort() > 65535) {
            throw invalid(url, null);
        }
        try {
            addresses(uri, Deadline.in(timeout));
        } catch (IOException e) {
            throw failed(uri, e);
        }
        return uri;
    }

    /**
     * @return the status that was answered; what else was is not read
     * @throws FetchException one sentence, when nothing was, or the host may not be posted to
     */
    public int post(URI uri, Map<String, String> fields, byte[] body) {
        var deadline = Deadline.in(timeout);
        try {
            return http.post(uri, addresses(uri, deadline), fields, body, deadline);
        } catch (IOException e) {
            throw deadline.passed()
                    ? FetchException.passing(
                            "The host " + uri.getHost() + " did not answer within " + timeout.toSeconds() + " s.", e)
                    : failed(uri, e);
        }
    }

    private InetAddress[] addresses(URI uri, Deadline deadline) throws IOException {
        var found = resolver.within(uri.getHost().toLowerCase(Locale.ROOT), deadline);
        for (var address : found) {
            if (!allowed.test(address)) {
                throw FetchException.badInput("The host " + uri.getHost() + " has the address "
                        + address.getHostAddress() + ", which is not on the public internet.");
            }
        }
        return found;
    }

    private static FetchException failed(URI uri, IOException e) {
        return e instanceof UnknownHostException
                ? FetchException.passing("The name " + uri.getHost() + " does not resolve.", e)
                : FetchException.passing(
                        "The host " + uri.getHost() + " could not be reached (" + FileProblem.reason(e) + ").", e);
    }

    private static FetchException invalid(String url, Exception cause) {
        return FetchException.badInput(
                "'" + Redaction.text(url) + "' is no web address: write https://host/path, without a user's name.",
                cause);
    }

    @Override
    public void close() {
        http.close();
    }
}

package io.unifluid.blobs.fetch;

import io.unifluid.blobs.FileProblem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;

/**
 * {@code http(s):} pictures, only from allowed hosts at public addresses. Each hop, redirects included, is judged anew:
 * the host must be allow-listed, its name is resolved once, every address found must be public, and the connection goes
 * to exactly such an address, so that a name cannot be rebound between the check and the use.
 */
final class HttpPictures implements AutoCloseable {
    private static final int MOST_REDIRECTS = 3;

    private final FetchSettings settings;
    private final Predicate<String> allowed;
    private final Resolver resolver;
    private final Predicate<InetAddress> isPublic;
    private final HttpGet http;

    HttpPictures(FetchSettings settings, Resolver resolver, Predicate<InetAddress> isPublic, SSLSocketFactory tls) {
        this(settings, settings.allowedHosts()::contains, resolver, isPublic, tls);
    }

    private HttpPictures(
            FetchSettings settings,
            Predicate<String> allowed,
            Resolver resolver,
            Predicate<InetAddress> isPublic,
            SSLSocketFactory tls) {
        this.http = new HttpGet(tls);
        this.settings = settings;
        this.allowed = allowed;
        this.resolver = resolver;
        this.isPublic = isPublic;
    }

    static HttpPictures of(FetchSettings settings) {
        return of(settings, settings.allowedHosts()::contains);
    }

    /** For those who have named the addresses themselves. */
    static HttpPictures ofAnyHost(FetchSettings settings) {
        return of(settings, any -> true);
    }

    private static HttpPictures of(FetchSettings settings, Predicate<String> allowed) {
        return new HttpPictures(
                settings,
                allowed,
                InetAddress::getAllByName,
                settings.allowPrivateAddresses() ? any -> true : PublicAddresses::contains,
                (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    byte[] read(String uri) {
        Deadline deadline = Deadline.in(settings.timeout());
        URI hop = parse(uri);
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpGet.Answer answer = get(hop, deadline);
            switch (answer) {
                case HttpGet.Bytes(byte[] bytes) -> {
                    return bytes;
                }
                case HttpGet.Moved(String target) -> hop = next(hop, target);
                case HttpGet.TooLarge() -> throw Redaction.tooLarge(hop.toString(), settings.maxBytes());
                case HttpGet.Refused(int status) -> throw refused(hop, status);
            }
        }
        throw FetchException.badInput("The picture " + Redaction.uri(uri) + " was redirected more than "
                + MOST_REDIRECTS + " times: give its final address.");
    }

    @Override
    public void close() {
        http.close();
    }

    private HttpGet.Answer get(URI uri, Deadline deadline) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        if (!allowed.test(host)) {
            throw FetchException.badInput("The picture " + Redaction.uri(uri.toString())
                    + " is on a host that this worker may not read from: add " + host + " to " + FetchSettings.HOSTS
                    + ".");
        }
        try {
            InetAddress[] addresses = resolver.within(host, deadline);
            for (InetAddress address : addresses) {
                if (!isPublic.test(address)) {
                    throw FetchException.badInput("The picture " + Redaction.uri(uri.toString())
                            + " is refused: its host " + host + " has the address " + address.getHostAddress()
                            + ", which is not on the public internet.");
                }
            }
            return http.get(uri, addresses, settings.maxBytes(), deadline);
        } catch (IOException e) {
            throw failed(uri, e, deadline);
        }
    }

    private FetchException failed(URI uri, IOException e, Deadline deadline) {
        String picture = "The picture " + Redaction.uri(uri.toString());
        if (deadline.passed()) {
            return FetchException.passing(
                    picture + " did not arrive within " + settings.timeout().toMillis() + " ms (setting "
                            + FetchSettings.TIMEOUT + ").",
                    e);
        }
        if (e instanceof UnknownHostException) {
            return FetchException.passing(
                    picture + " could not be fetched: the name " + uri.getHost() + " does not resolve.", e);
        }
        if (e instanceof SSLException && causedByCertificate(e)) {
            return FetchException.badInput(
                    picture + " could not be fetched: the certificate of " + uri.getHost() + " is not trusted.", e);
        }
        return FetchException.passing(picture + " could not be fetched (" + FileProblem.reason(e) + ").", e);
    }

    private static boolean causedByCertificate(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    private static FetchException refused(URI uri, int status) {
        String sentence = "The server " + uri.getHost() + " answered " + status + " for the picture "
                + Redaction.uri(uri.toString());
        boolean passing = status >= 500 || status == 408 || status == 425 || status == 429;
        return passing
                ? FetchException.passing(sentence + ".", null)
                : FetchException.badInput(sentence + ": give an address that answers 200 with the picture.");
    }

    private static URI next(URI from, String target) {
        try {
            return parse(from.resolve(target).toString());
        } catch (IllegalArgumentException e) {
            throw FetchException.badInput(
                    "The picture " + Redaction.uri(from.toString()) + " was redirected to " + Redaction.uri(target)
                            + ", which is not a valid address.",
                    e);
        }
    }

    private static URI parse(String text) {
        URI uri;
        try {
            uri = URI.create(URI.create(text).toASCIIString());
        } catch (IllegalArgumentException e) {
            throw invalid(text, e);
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        boolean web = scheme.equals("http") || scheme.equals("https");
        if (!web || uri.getHost() == null || uri.getUserInfo() != null || uri.getPort() > 65535) {
            throw invalid(text, null);
        }
        return uri;
    }

    private static FetchException invalid(String text, Exception cause) {
        return FetchException.badInput(
                "The picture URI " + Redaction.uri(text)
                        + " is not a web address: write https://host/path without user name, with spaces as %20.",
                cause);
    }
}

package io.unifluid.gateway.http;

import io.micronaut.http.HttpRequest;

/** Where a caller reaches this gateway, for links in answers. */
public final class BaseAddress {
    private static final String SOUND = "[A-Za-z0-9.:\\[\\]-]{1,255}";

    private BaseAddress() {}

    /** By the host that the caller named. A proxy in front says how it is reached by {@code x-forwarded-proto} and host. */
    public static String of(HttpRequest<?> request) {
        var host = request.getHeaders().get("x-forwarded-host");
        if (host == null || !host.matches(SOUND)) {
            host = request.getHeaders().get("host");
        }
        if (host == null || !host.matches(SOUND)) {
            host = request.getServerAddress().getHostString() + ":"
                    + request.getServerAddress().getPort();
        }
        var scheme = request.getHeaders().get("x-forwarded-proto");
        boolean secure = scheme == null ? request.isSecure() : scheme.equals("https");
        return (secure ? "https" : "http") + "://" + host;
    }
}

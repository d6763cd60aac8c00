package io.unifluid.stack;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Questions by HTTP, whose answers are waited for only for a while. */
final class Asking {
    private Asking() {}

    static HttpURLConnection of(String url, int patienceMillis) throws IOException {
        var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(patienceMillis);
        connection.setReadTimeout(patienceMillis);
        return connection;
    }
}

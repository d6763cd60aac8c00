package io.unifluid.blobs.fetch;

import java.util.List;
import java.util.Set;

/**
 * Fetches pictures whose addresses a user of this machine has named himself: from any host, but unless told otherwise from
 * the public internet alone, since the list that he names is often somebody else's. Blocks; safe from any thread.
 */
public final class WebPictures implements AutoCloseable {
    private final HttpPictures web;

    /** @param privateAddresses whether hosts may have loopback and private addresses */
    public WebPictures(boolean privateAddresses) {
        web = HttpPictures.ofAnyHost(new FetchSettings(
                List.of(), Set.of(), privateAddresses, FetchSettings.DEFAULT_MAX_BYTES, FetchSettings.DEFAULT_TIMEOUT));
    }

    /** @throws FetchException one sentence; its kind says whether trying again may help */
    public byte[] fetch(String uri) {
        return web.read(uri);
    }

    @Override
    public void close() {
        web.close();
    }
}

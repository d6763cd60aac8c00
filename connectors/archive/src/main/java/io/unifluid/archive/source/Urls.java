package io.unifluid.archive.source;

import io.unifluid.archive.Content;
import io.unifluid.archive.Item;
import io.unifluid.archive.ItemException;
import io.unifluid.blobs.fetch.FetchException;
import io.unifluid.blobs.fetch.WebPictures;
import io.unifluid.client.Failure;
import java.util.Locale;
import java.util.OptionalLong;

/** Pictures of which a list has the address. */
final class Urls implements AutoCloseable {
    private final WebPictures web;
    private final boolean byReference;

    /** @param privateAddresses whether hosts may have addresses that are not on the public internet */
    Urls(boolean byReference, boolean privateAddresses) {
        this.byReference = byReference;
        this.web = new WebPictures(privateAddresses);
    }

    Item item(Members.Origin origin, long ordinal, String url) {
        var scheme = url.substring(0, Math.max(0, url.indexOf(':'))).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https") && !(scheme.equals("s3") && byReference)) {
            return origin.broken(
                    ordinal,
                    url,
                    new Failure(
                            Failure.UNREADABLE,
                            scheme.equals("s3")
                                    ? "Addresses in S3 are fetched by the workers alone: give --by-reference."
                                    : "It is no web address: write http://.. or https://.."));
        }
        var content = byReference ? new Content.Remote(url) : new Content.Bytes(() -> load(url), true);
        return origin.item(ordinal, url, OptionalLong.empty(), content);
    }

    private byte[] load(String url) throws ItemException, InterruptedException {
        return Patience.ofOneItem(() -> {
            try {
                return PictureBytes.checked(web.fetch(url));
            } catch (FetchException e) {
                var failure = new Failure(Failure.UNREADABLE, e.getMessage());
                if (e.kind() == FetchException.Kind.TRANSIENT) {
                    throw new Patience.Passing(failure, e);
                }
                throw new ItemException(failure, e);
            }
        });
    }

    @Override
    public void close() {
        web.close();
    }
}

package io.unifluid.gateway.picture;

import io.unifluid.client.Picture;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Fields;
import jakarta.inject.Singleton;
import java.util.Base64;
import java.util.Locale;

/**
 * Pictures as bodies have them: as a data URL, or as an address that the workers fetch by their own rules, which allow no
 * host that the operator has not listed and no private address.
 */
@Singleton
public final class PictureParts {
    private static final String DATA = "data:";
    private static final String BASE64 = ";base64";

    /** {@code {"url": .., "detail": ..}}. */
    public Picture url(Fields image) {
        var picture = at(image.path("url"), image.needText("url"));
        image.only("detail", "auto");
        image.end();
        return picture;
    }

    /** {@code {"file_data": ..}}. */
    public Picture file(Fields file) {
        file.mayHave("filename");
        if (file.has("file_id")) {
            throw ApiError.unsupported(
                    file.path("file_id"),
                    "'" + file.path("file_id") + "' cannot be honoured here: send the picture itself as a data URL.");
        }
        var picture = at(file.path("file_data"), file.needText("file_data"));
        file.end();
        return picture;
    }

    /** @param path of the parameter that it stands in */
    public Picture at(String path, String url) {
        var scheme = url.substring(0, Math.max(0, url.indexOf(':'))).toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "data" -> Picture.of(data(path, url));
            case "http", "https" -> Picture.at(url.strip());
            default ->
                throw ApiError.parameter(
                        path,
                        "invalid_image_url",
                        "'" + path + "' must be a data URL with base64 (data:image/png;base64,..), or http(s).");
        };
    }

    private static byte[] data(String path, String url) {
        int comma = url.indexOf(',');
        if (comma < 0
                || !url.substring(DATA.length(), comma).toLowerCase(Locale.ROOT).endsWith(BASE64)) {
            throw ApiError.parameter(
                    path, "invalid_image_url", "'" + path + "' is no data URL with base64: data:image/png;base64,..");
        }
        try {
            var bytes = Base64.getMimeDecoder().decode(url.substring(comma + 1));
            if (bytes.length > 0) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw ApiError.parameter(
                path,
                "invalid_base64",
                "'" + path + "' has no sound base64 behind its comma: encode the file's bytes.");
    }
}

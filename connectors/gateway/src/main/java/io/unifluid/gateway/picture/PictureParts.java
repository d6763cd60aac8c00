package io.unifluid.gateway.picture;

import io.unifluid.blobs.BlobKey;
import io.unifluid.client.Picture;
import io.unifluid.gateway.file.StoredFiles;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Fields;
import io.unifluid.schemas.ImageRef;
import jakarta.inject.Singleton;
import java.util.Base64;
import java.util.Locale;

/**
 * Pictures as bodies have them: as a data URL; as an address that the workers fetch by their own rules, which allow no
 * host that the operator has not listed and no private address; or as the id of a file that the tenant keeps here.
 */
@Singleton
public final class PictureParts {
    private static final String DATA = "data:";
    private static final String BASE64 = ";base64";
    private static final String FILE_ID = "file_id";

    private final StoredFiles files;

    PictureParts(StoredFiles files) {
        this.files = files;
    }

    /** What is read of a tenant's bodies. */
    public sealed interface Source {
        /** @param path of the parameter that the address stands in */
        Picture at(String path, String url);

        /** @param path of the parameter that the id stands in */
        Picture id(String path, String id);

        /** {@code {"url": .., "detail": ..}}, or a {@code file_id} in place of the url. */
        default Picture url(Fields image) {
            var id = image.text(FILE_ID);
            var picture =
                    id.isPresent() ? id(image.path(FILE_ID), id.get()) : at(image.path("url"), image.needText("url"));
            image.only("detail", "auto");
            image.end();
            return picture;
        }

        /** {@code {"file_data": ..}} or {@code {"file_id": ..}}. */
        default Picture file(Fields file) {
            file.mayHave("filename");
            var id = file.text(FILE_ID);
            var picture = id.isPresent()
                    ? id(file.path(FILE_ID), id.get())
                    : at(file.path("file_data"), file.needText("file_data"));
            file.end();
            return picture;
        }
    }

    /** Of the tenant, whose files alone can be named. */
    public Source of(String tenant) {
        return new OfTenant(this, tenant);
    }

    /** For a body that was judged before, whose pictures are not wanted again. */
    public static Source passedOver() {
        return new PassedOver();
    }

    private record OfTenant(PictureParts parts, String tenant) implements Source {
        @Override
        public Picture at(String path, String url) {
            return parts.at(path, url);
        }

        @Override
        public Picture id(String path, String id) {
            return parts.kept(path, id, tenant);
        }
    }

    private record PassedOver() implements Source {
        private static final Picture NONE = Picture.of(new byte[0]);

        @Override
        public Picture at(String path, String url) {
            return NONE;
        }

        @Override
        public Picture id(String path, String id) {
            return NONE;
        }
    }

    private Picture kept(String path, String id, String tenant) {
        var file = files.find(tenant, id).orElseThrow(() -> StoredFiles.missing(path, id));
        if (!StoredFiles.mayBePicture(file)) {
            throw ApiError.parameter(
                    path,
                    "invalid_file_purpose",
                    "The file in '" + path + "' was uploaded for " + file.getPurpose()
                            + ": upload the picture with the purpose vision.");
        }
        var claim = BlobKey.parse(file.getParts().getFirst());
        return Picture.of(ImageRef.newBuilder()
                .setUri(claim.toString())
                .setSha256(claim.sha256Hex())
                .build());
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

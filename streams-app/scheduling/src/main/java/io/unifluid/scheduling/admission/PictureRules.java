package io.unifluid.scheduling.admission;

import io.unifluid.scheduling.task.Picture;
import io.unifluid.scheduling.task.Task;
import io.unifluid.scheduling.task.TaskKind;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which tasks need a picture, and where one may be. */
final class PictureRules {
    private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{64}");

    private final ValidationLimits limits;

    PictureRules(ValidationLimits limits) {
        this.limits = limits;
    }

    Optional<Rejection> check(Task task, Optional<Picture> picture) {
        if (TaskKind.of(task).readsPicture()) {
            return picture.map(this::picture)
                    .orElseGet(() -> Rejections.because(
                            RejectKind.MISSING_PICTURE,
                            "The task " + task.name() + " needs a picture and the request has none: set image."));
        }
        return picture.flatMap(_ -> Rejections.because(
                RejectKind.UNEXPECTED_PICTURE,
                "The task " + task.name()
                        + " takes no picture and the request has one: leave image out, or use edit."));
    }

    private Optional<Rejection> picture(Picture picture) {
        return source(picture)
                .or(() -> picture.sha256().flatMap(PictureRules::hash))
                .or(() -> picture.mediaType().flatMap(this::mediaType));
    }

    private static Optional<Rejection> hash(String sha256) {
        return HASH.matcher(sha256).matches()
                ? Optional.empty()
                : Rejections.because(
                        RejectKind.BAD_PICTURE_HASH,
                        "The image's sha256 '" + Rejections.shown(sha256)
                                + "' is none: write 64 hex digits, or leave the field out.");
    }

    /** Whatever it says, the bytes decide; so it need not be one that is known. */
    private Optional<Rejection> mediaType(String mediaType) {
        return mediaType.length() > limits.maxIdChars()
                ? Rejections.tooLong(
                        RejectKind.BAD_MEDIA_TYPE, "image's mediaType", mediaType.length(), limits.maxIdChars())
                : Rejections.unseen(RejectKind.BAD_MEDIA_TYPE, "image's mediaType", Words.controlIn(mediaType));
    }

    private Optional<Rejection> source(Picture picture) {
        if (picture.inlineBytes().isPresent() && picture.uri().isPresent()) {
            return Rejections.because(
                    RejectKind.BAD_PICTURE_URI, "The image has both bytes and a uri: send one of the two.");
        }
        if (picture.inlineBytes().isPresent()) {
            return inline(picture.inlineBytes().getAsLong());
        }
        return picture.uri()
                .map(this::uri)
                .orElseGet(() -> Rejections.because(
                        RejectKind.MISSING_PICTURE, "The image has neither bytes nor a uri: send one of the two."));
    }

    private Optional<Rejection> inline(long bytes) {
        if (bytes == 0) {
            return Rejections.because(RejectKind.MISSING_PICTURE, "The image's bytes are empty: send a picture file.");
        }
        return bytes <= limits.maxInlineBytes()
                ? Optional.empty()
                : Rejections.because(
                        RejectKind.PICTURE_TOO_LARGE,
                        "The image has " + bytes + " bytes inline; the limit is " + limits.maxInlineBytes()
                                + ": upload it to the blob store and send a claim.");
    }

    private Optional<Rejection> uri(String uri) {
        int colon = uri.indexOf(':');
        String scheme = colon < 0 ? "" : uri.substring(0, colon).toLowerCase(Locale.ROOT);
        if (uri.length() > limits.maxPromptChars()) {
            return Rejections.tooLong(RejectKind.BAD_PICTURE_URI, "image uri", uri.length(), limits.maxPromptChars());
        }
        if (limits.uriSchemes().contains(scheme)) {
            return Rejections.unseen(RejectKind.BAD_PICTURE_URI, "image uri", Words.controlIn(uri));
        }
        String schemes = String.join(", ", limits.uriSchemes().stream().sorted().toList());
        return Rejections.because(
                RejectKind.BAD_PICTURE_URI,
                "The image uri '" + Rejections.shown(uri) + "' "
                        + (colon < 0 ? "has no scheme" : "has the scheme '" + Rejections.shown(scheme) + "'")
                        + "; the known ones are " + schemes + ": use one of them.");
    }
}

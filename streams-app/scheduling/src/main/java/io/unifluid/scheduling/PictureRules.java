package io.unifluid.scheduling;

import java.util.Locale;
import java.util.Optional;

/** Which tasks need a picture, and where one may be. */
final class PictureRules {
    private final ValidationLimits limits;

    PictureRules(ValidationLimits limits) {
        this.limits = limits;
    }

    Optional<Rejection> check(Task task, Optional<Picture> picture) {
        return switch (task) {
            case Task.Caption _, Task.Vqa _, Task.Edit _ ->
                picture.map(this::source)
                        .orElseGet(() -> Refuse.because(
                                RejectKind.MISSING_PICTURE,
                                "The task " + task.name() + " needs a picture and the request has none: set image."));
            case Task.Generate _ ->
                picture.flatMap(_ -> Refuse.because(
                        RejectKind.UNEXPECTED_PICTURE,
                        "The task generate takes no picture and the request has one: leave image out, or use edit."));
        };
    }

    private Optional<Rejection> source(Picture picture) {
        if (picture.inlineBytes().isPresent() && picture.uri().isPresent()) {
            return Refuse.because(
                    RejectKind.BAD_PICTURE_URI, "The image has both bytes and a uri: send one of the two.");
        }
        if (picture.inlineBytes().isPresent()) {
            return inline(picture.inlineBytes().getAsLong());
        }
        return picture.uri()
                .map(this::uri)
                .orElseGet(() -> Refuse.because(
                        RejectKind.MISSING_PICTURE, "The image has neither bytes nor a uri: send one of the two."));
    }

    private Optional<Rejection> inline(long bytes) {
        if (bytes == 0) {
            return Refuse.because(RejectKind.MISSING_PICTURE, "The image's bytes are empty: send a picture file.");
        }
        return bytes <= limits.maxInlineBytes()
                ? Optional.empty()
                : Refuse.because(
                        RejectKind.PICTURE_TOO_LARGE,
                        "The image has " + bytes + " bytes inline; the limit is " + limits.maxInlineBytes()
                                + ": upload it to the blob store and send a claim.");
    }

    private Optional<Rejection> uri(String uri) {
        int colon = uri.indexOf(':');
        String scheme = colon < 0 ? "" : uri.substring(0, colon).toLowerCase(Locale.ROOT);
        if (limits.uriSchemes().contains(scheme) && uri.length() <= limits.maxPromptChars()) {
            return Optional.empty();
        }
        if (uri.length() > limits.maxPromptChars()) {
            return Refuse.tooLong(RejectKind.BAD_PICTURE_URI, "image uri", uri.length(), limits.maxPromptChars());
        }
        String schemes = String.join(", ", limits.uriSchemes().stream().sorted().toList());
        return Refuse.because(
                RejectKind.BAD_PICTURE_URI,
                "The image uri '" + Refuse.shown(uri) + "' "
                        + (colon < 0 ? "has no scheme" : "has the scheme '" + Refuse.shown(scheme) + "'")
                        + "; the known ones are " + schemes + ": use one of them.");
    }
}

package io.unifluid.hostile;

import io.unifluid.blobs.BlobKey;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.VqaOutput;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a result says, so that two can be compared.
 *
 * @param status its name, with the kind of error where it has one
 * @param texts captions, answers, and the hashes of pictures, in order
 * @param numbers scores and log-probabilities, in order
 */
record Answer(String status, List<String> texts, List<Double> numbers) {
    /** Who shares a batch changes the last digits of a sum, and no more. */
    private static final double CLOSE = 2e-3;

    Answer {
        texts = List.copyOf(texts);
        numbers = List.copyOf(numbers);
    }

    static Answer of(InferenceResult result) {
        var status = result.getError() == null
                ? result.getStatus().name()
                : result.getStatus() + " " + result.getError().getKind();
        return switch (result.getOutput()) {
            case CaptionOutput caption ->
                new Answer(status, List.of(caption.getText()), List.of(caption.getLogProbability()));
            case VqaOutput vqa ->
                new Answer(
                        status,
                        vqa.getAnswers().stream()
                                .map(answer -> answer.getText())
                                .toList(),
                        vqa.getAnswers().stream()
                                .flatMap(answer -> answer.getScores().stream())
                                .map(score -> score.getScore())
                                .toList());
            case ImagesOutput images ->
                new Answer(
                        status,
                        images.getImages().stream()
                                .map(GeneratedImage::getImage)
                                .map(Answer::content)
                                .toList(),
                        List.of());
            case null, default -> new Answer(status, List.of(), List.of());
        };
    }

    boolean succeeded() {
        return status.equals("SUCCEEDED");
    }

    boolean says(Answer other) {
        return status.equals(other.status)
                && texts.equals(other.texts)
                && numbers.size() == other.numbers.size()
                && close(other);
    }

    private boolean close(Answer other) {
        for (int i = 0; i < numbers.size(); i++) {
            if (!(Math.abs(numbers.get(i) - other.numbers.get(i)) <= CLOSE)) {
                return false;
            }
        }
        return true;
    }

    /** Inline or as a claim, a picture is known by its hash. */
    private static String content(ImageRef image) {
        return Optional.ofNullable(image.getBytes())
                .map(bytes -> {
                    var copy = new byte[bytes.remaining()];
                    bytes.duplicate().get(copy);
                    return BlobKey.of(copy).sha256Hex();
                })
                .orElseGet(() -> BlobKey.parse(image.getUri()).sha256Hex());
    }

    @Override
    public String toString() {
        return Stream.concat(Stream.of(status), texts.stream().limit(2))
                .toList()
                .toString();
    }
}

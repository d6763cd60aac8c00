package io.unifluid.cli;

import io.unifluid.client.PictureSigns;
import io.unifluid.client.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells the words of a command line apart. */
record PicturesAndQuestions(List<Path> pictures, List<String> questions) {
    PicturesAndQuestions {
        pictures = List.copyOf(pictures);
        questions = List.copyOf(questions);
    }

    /**
     * The first word is a picture. A further one is a picture if it names one that is there, and a question otherwise.
     *
     * @param certain questions that nothing else has to be looked for in
     * @throws IllegalArgumentException with one sentence for a word that looks like a file and is no picture, and when
     *     there is nothing to ask
     */
    static PicturesAndQuestions of(List<String> words, List<String> certain) {
        var pictures = new ArrayList<Path>();
        var questions = new ArrayList<String>();
        pictures.add(SinglePicture.require(words.getFirst()));
        for (var word : words.subList(1, words.size())) {
            picture(word).ifPresentOrElse(pictures::add, () -> questions.add(word));
        }
        questions.addAll(certain);
        if (questions.isEmpty()) {
            throw new IllegalArgumentException("There is nothing to ask about " + words.getFirst()
                    + ": add a question in quotes, or with --question.");
        }
        return new PicturesAndQuestions(pictures, questions);
    }

    private static Optional<Path> picture(String word) {
        Path file;
        try {
            file = Path.of(word);
        } catch (InvalidPathException e) {
            return Optional.empty(); // no file can have that name
        }
        if (PictureSigns.named(word)) {
            return Optional.of(SinglePicture.require(word));
        }
        if (Files.isRegularFile(file)) {
            if (isPicture(file)) {
                return Optional.of(file);
            }
            if (PictureSigns.extension(word).isPresent()) {
                throw new IllegalArgumentException(
                        word + " is a file, but no picture: leave it away, or ask it with --question.");
            }
        } else if (Files.isDirectory(file) && word.contains("/")) {
            throw new IllegalArgumentException(word + " is a folder: name its pictures, or ask it with --question.");
        }
        return Optional.empty();
    }

    private static boolean isPicture(Path file) {
        try {
            return PictureSigns.in(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + " is a file that cannot be read (" + Why.of(e) + "): to ask this, use --question.", e);
        }
    }
}

package io.unifluid.inference.decoding;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which graphs a family's models are made of, by the names that the hub gives them.
 *
 * @param pictures takes {@link Pictures#PIXELS}
 * @param tokens makes of tokens what the decoder reads
 * @param head makes scores of what the decoder gives; empty where the decoder gives scores itself
 * @param drawing for a family that draws
 */
public record Layout(String pictures, String tokens, String decoder, Optional<String> head, Optional<Drawing> drawing) {
    /** An encoder of pictures, a table of tokens, a decoder that gives scores. */
    public static final Layout USUAL =
            new Layout(Pictures.ENCODER, Reader.EMBED, Reader.DECODER, Optional.empty(), Optional.empty());

    /**
     * Graphs with which the decoder draws.
     *
     * @param head makes scores of a picture's tokens of what the decoder gives
     * @param tokens makes of a picture's tokens what the decoder reads
     * @param pixels makes pictures of their tokens
     */
    public record Drawing(String head, String tokens, String pixels) {
        public Stream<String> graphs() {
            return Stream.of(head, tokens, pixels);
        }
    }

    /** Those without which nothing is read. */
    public Stream<String> reading() {
        return Stream.concat(Stream.of(pictures, tokens, decoder).distinct(), head.stream());
    }
}

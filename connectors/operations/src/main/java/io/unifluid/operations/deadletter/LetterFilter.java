package io.unifluid.operations.deadletter;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Which dead letters are meant; what is empty does not restrict.
 *
 * @param reason part of the reason, whatever the case
 * @param topic the topic that it came from, with or without {@code unifluid.}
 * @param since not older than this
 * @param tenant known only of those that can be decoded
 * @param request the key, or the request id of those that can be decoded
 */
public record LetterFilter(
        Optional<String> reason,
        Optional<String> topic,
        Optional<Instant> since,
        Optional<String> tenant,
        Optional<String> request) {
    public static final LetterFilter ALL =
            new LetterFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** The cheap questions first: decoding may ask the registry. */
    boolean takes(DeadLetter letter, Decoding decoding) {
        return reason.map(part -> letter.reason().toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT)))
                        .orElse(true)
                && topic.map(name -> letter.topic()
                                .filter(from -> from.equals(name) || from.equals("unifluid." + name))
                                .isPresent())
                        .orElse(true)
                && since.map(from -> !letter.at().isBefore(from)).orElse(true)
                && request.map(id -> letter.key().equals(id)
                                || decoding.request(letter).filter(id::equals).isPresent())
                        .orElse(true)
                && tenant.map(name ->
                                decoding.tenant(letter).filter(name::equals).isPresent())
                        .orElse(true);
    }
}

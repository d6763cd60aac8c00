package io.unifluid.scheduling.reuse;

import io.unifluid.scheduling.task.PictureContent;
import io.unifluid.scheduling.task.RequestFacts;
import io.unifluid.scheduling.task.Task;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Names what a request computes: equal for requests whose answers are the same, whoever asks and when. The key reads
 * {@code <task>|<model>|<SHA-256 of everything that the answer depends on>}.
 *
 * <p>A picture of which nothing reliable is known has no key, nor has one that is drawn without a seed: each of those
 * gets its own. Only who has shown the bytes of a picture may share with another tenant.
 */
public final class ComputationKey {
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    /**
     * @param seed of generate and edit
     * @param content of the picture; empty when nothing reliable is known of it
     */
    public static Optional<String> of(
            RequestFacts facts, OptionalLong seed, Optional<PictureContent> content, ReuseSettings settings) {
        boolean own = !settings.enabled()
                || facts.task().isEmpty()
                || (facts.picture().isPresent() && content.isEmpty())
                || (draws(facts.task().get()) && seed.isEmpty());
        if (own) {
            return Optional.empty();
        }
        var task = facts.task().get();
        boolean anybody =
                settings.acrossTenants() && content.map(PictureContent::shown).orElse(true);
        var parts = new Parts()
                .text(settings.generation())
                .text(anybody ? "" : facts.tenant())
                .text(content.map(PictureContent::name).orElse(""));
        switch (task) {
            case Task.Caption t -> parts.number(t.maxTokens()).optional(t.hint());
            case Task.Vqa t -> questions(parts, t.questions());
            case Task.Generate t ->
                parts.text(t.prompt())
                        .number(t.count())
                        .number(t.width())
                        .number(t.height())
                        .number(seed.getAsLong())
                        .optional(t.guidance())
                        .number(t.steps());
            case Task.Edit t ->
                parts.text(t.instruction())
                        .number(seed.getAsLong())
                        .optional(t.guidance())
                        .number(t.steps());
        }
        return Optional.of(task.name() + "|" + facts.model().orElse("-") + "|" + parts.hash());
    }

    private static boolean draws(Task task) {
        return switch (task) {
            case Task.Generate _, Task.Edit _ -> true;
            case Task.Caption _, Task.Vqa _ -> false;
        };
    }

    private static void questions(Parts parts, List<Task.Question> questions) {
        parts.number(questions.size());
        for (var question : questions) {
            parts.text(question.text()).number(question.choices().size());
            question.choices().forEach(parts::text);
        }
    }

    /** Every part with its length or presence, so that no two lists of parts read the same. */
    private static final class Parts {
        private final MessageDigest digest = sha256();

        Parts text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            number(bytes.length);
            digest.update(bytes);
            return this;
        }

        Parts number(long number) {
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
            return this;
        }

        Parts optional(Optional<String> text) {
            number(text.isPresent() ? 1 : 0);
            return text(text.orElse(""));
        }

        Parts optional(OptionalDouble number) {
            number(number.isPresent() ? 1 : 0);
            return number(Double.doubleToLongBits(number.orElse(0)));
        }

        String hash() {
            return TEXT.encodeToString(digest.digest());
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java platform has SHA-256.", e);
            }
        }
    }

    private ComputationKey() {}
}

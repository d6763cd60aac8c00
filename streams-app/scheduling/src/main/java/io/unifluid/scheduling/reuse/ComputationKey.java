package io.unifluid.scheduling.reuse;

import io.unifluid.scheduling.task.Parameter;
import io.unifluid.scheduling.task.PictureContent;
import io.unifluid.scheduling.task.RequestFacts;
import io.unifluid.scheduling.task.Task;
import io.unifluid.scheduling.task.TaskKind;
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
     * @param seed of what is drawn
     * @param content of the picture; empty when nothing reliable is known of it
     */
    public static Optional<String> of(
            RequestFacts facts, OptionalLong seed, Optional<PictureContent> content, ReuseSettings settings) {
        if (!settings.enabled() || (facts.picture().isPresent() && content.isEmpty())) {
            return Optional.empty();
        }
        return facts.task()
                .filter(task -> seed.isPresent() || !needsSeed(task))
                .map(task -> task.name() + "|" + facts.model().orElse("-") + "|"
                        + hash(facts.tenant(), task, seed, content, settings));
    }

    private static boolean needsSeed(Task task) {
        return TaskKind.of(task).parameters().stream().anyMatch(Parameter.Seed.class::isInstance);
    }

    private static String hash(
            String tenant, Task task, OptionalLong seed, Optional<PictureContent> content, ReuseSettings settings) {
        boolean anybody =
                settings.acrossTenants() && content.map(PictureContent::shown).orElse(true);
        var parts = new Parts()
                .text(settings.generation())
                .text(anybody ? "" : tenant)
                .text(content.map(PictureContent::name).orElse(""));
        for (var parameter : TaskKind.of(task).parameters()) {
            switch (parameter) {
                case Parameter.Prompt prompt -> parts.text(prompt.text());
                case Parameter.Hint hint -> parts.optional(hint.text());
                case Parameter.TextTokens tokens -> parts.number(tokens.most());
                case Parameter.Questions asked -> questions(parts, asked.questions());
                case Parameter.Count count -> parts.number(count.count());
                case Parameter.Size size -> parts.number(size.width()).number(size.height());
                case Parameter.Seed _ -> parts.number(seed.getAsLong());
                case Parameter.Guidance guidance -> parts.optional(guidance.scale());
                case Parameter.Steps steps -> parts.number(steps.steps());
            }
        }
        return parts.hash();
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

package io.unifluid.scheduling.reuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.task.Picture;
import io.unifluid.scheduling.task.PictureContent;
import io.unifluid.scheduling.task.RequestFacts;
import io.unifluid.scheduling.task.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ComputationKeyTest {
    private static final ReuseSettings SETTINGS = settings(true, "");
    private static final Task CAPTION = new Task.Caption(0, Optional.empty());

    private static RequestFacts facts(Task task, boolean picture) {
        return facts("tenant", task, picture);
    }

    private static RequestFacts facts(String tenant) {
        return facts(tenant, CAPTION, true);
    }

    private static RequestFacts facts(String tenant, Task task, boolean picture) {
        return new RequestFacts(
                "r",
                tenant,
                Optional.of(task),
                picture ? Optional.of(new Picture(OptionalLong.of(3), Optional.empty())) : Optional.empty(),
                Optional.empty(),
                true,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    private static Optional<String> key(Task task, OptionalLong seed, String hash) {
        return ComputationKey.of(
                facts(task, hash != null), seed, Optional.ofNullable(hash).map(ComputationKeyTest::sent), SETTINGS);
    }

    private static Task vqa(Task.Question... questions) {
        return new Task.Vqa(List.of(questions));
    }

    private static Task draw(String prompt, int count, int side, OptionalDouble guidance, int steps) {
        return new Task.Generate(prompt, count, side, side, guidance, steps);
    }

    private static PictureContent sent(String hash) {
        return new PictureContent(hash, true);
    }

    @Test
    void whoAsksAndWhenDoesNotMatter() {
        var other = new RequestFacts(
                "other",
                "somebody",
                Optional.of(CAPTION),
                Optional.of(new Picture(OptionalLong.of(3), Optional.empty())),
                Optional.empty(),
                false,
                Optional.of(Instant.EPOCH),
                Optional.of("reply"),
                Map.of("a", "b"));
        assertThat(ComputationKey.of(other, OptionalLong.empty(), Optional.of(sent("aa")), SETTINGS))
                .isPresent()
                .isEqualTo(key(CAPTION, OptionalLong.empty(), "aa"));
    }

    @Test
    void aTenantSharesOnlyWithItselfWhatItHasNotShown() {
        var claimed = Optional.of(new PictureContent("aa", false));
        var mine = ComputationKey.of(facts(CAPTION, true), OptionalLong.empty(), claimed, SETTINGS);
        assertThat(mine).isPresent();
        assertThat(mine)
                .as("of another tenant")
                .isNotEqualTo(ComputationKey.of(facts("other"), OptionalLong.empty(), claimed, SETTINGS));
        assertThat(mine)
                .as("with those that sent the bytes")
                .isNotEqualTo(ComputationKey.of(
                        facts(CAPTION, true), OptionalLong.empty(), Optional.of(sent("aa")), SETTINGS));
        var apart = settings(false, "");
        assertThat(ComputationKey.of(facts(CAPTION, true), OptionalLong.empty(), claimed, apart))
                .as("within the tenant, sent or claimed")
                .isEqualTo(
                        ComputationKey.of(facts(CAPTION, true), OptionalLong.empty(), Optional.of(sent("aa")), apart));
    }

    @Test
    void eachTenantIsForItselfUnlessToldOtherwise() {
        var defaults = ReuseSettings.defaults();
        assertThat(ComputationKey.of(facts(CAPTION, true), OptionalLong.empty(), Optional.of(sent("aa")), defaults))
                .isNotEqualTo(
                        ComputationKey.of(facts("other"), OptionalLong.empty(), Optional.of(sent("aa")), defaults));
    }

    @Test
    void everythingThatTheAnswerDependsOnMatters() {
        var none = OptionalDouble.empty();
        var seed = OptionalLong.of(7);
        var keys = List.of(
                key(CAPTION, OptionalLong.empty(), "aa"),
                key(CAPTION, OptionalLong.empty(), "bb"),
                key(new Task.Caption(5, Optional.empty()), OptionalLong.empty(), "aa"),
                key(new Task.Caption(0, Optional.of("")), OptionalLong.empty(), "aa"),
                key(new Task.Caption(0, Optional.of("at night")), OptionalLong.empty(), "aa"),
                key(vqa(new Task.Question("ab", List.of())), OptionalLong.empty(), "aa"),
                key(vqa(new Task.Question("a", List.of("b", "c"))), OptionalLong.empty(), "aa"),
                key(vqa(new Task.Question("a", List.of("c", "b"))), OptionalLong.empty(), "aa"),
                key(
                        vqa(new Task.Question("a", List.of()), new Task.Question("b", List.of())),
                        OptionalLong.empty(),
                        "aa"),
                key(new Task.Edit("red", none, 0), seed, "aa"),
                key(new Task.Edit("red", none, 0), OptionalLong.of(8), "aa"),
                key(draw("red", 1, 0, none, 0), seed, null),
                key(draw("red", 2, 0, none, 0), seed, null),
                key(draw("red", 1, 64, none, 0), seed, null),
                key(draw("red", 1, 0, OptionalDouble.of(0), 0), seed, null),
                key(draw("red", 1, 0, none, 4), seed, null),
                ComputationKey.of(
                        facts(CAPTION, true), OptionalLong.empty(), Optional.of(sent("aa")), settings(false, "")),
                ComputationKey.of(
                        facts(CAPTION, true), OptionalLong.empty(), Optional.of(sent("aa")), settings(true, "v2")));
        assertThat(keys).allMatch(Optional::isPresent);
        assertThat(new HashSet<>(keys)).hasSameSizeAs(keys);
    }

    @Test
    void aPictureOfUnknownContentAndADrawingWithoutASeedAreNotCoalesced() {
        assertThat(ComputationKey.of(facts(CAPTION, true), OptionalLong.empty(), Optional.empty(), SETTINGS))
                .isEmpty();
        assertThat(key(draw("red", 1, 0, OptionalDouble.empty(), 0), OptionalLong.empty(), null))
                .isEmpty();
        assertThat(key(new Task.Edit("red", OptionalDouble.empty(), 0), OptionalLong.empty(), "aa"))
                .isEmpty();
    }

    @Test
    void switchedOffThereAreNoKeys() {
        var off = new ReuseSettings(false, Duration.ofHours(1), 1, 1, true, "");
        assertThat(ComputationKey.of(facts(CAPTION, true), OptionalLong.empty(), Optional.of(sent("aa")), off))
                .isEmpty();
    }

    private static ReuseSettings settings(boolean acrossTenants, String generation) {
        return new ReuseSettings(true, Duration.ofHours(1), 1, 1, acrossTenants, generation);
    }

    @Test
    void keysThatWereKeptAreFoundAgain() {
        var seed = OptionalLong.of(7);
        assertThat(key(new Task.Caption(5, Optional.of("hint")), seed, "aa"))
                .contains("caption|-|Hu09ywm6hcj59SCJj-RcWYvPQP-1Ra8TKJ8Ku5lwtGk");
        assertThat(key(vqa(new Task.Question("q", List.of("a", "b"))), seed, "aa"))
                .contains("vqa|-|ZUdA4yccnV3XEg0mB_RSxHm2G_3jRXhKJlvgUSD5Cj4");
        assertThat(key(new Task.Generate("p", 2, 64, 32, OptionalDouble.of(1.5), 9), seed, null))
                .contains("generate|-|aC7V8jKwupEVjEnhAOVNQLPHMtr7mLwySg-k5cdBHWc");
        assertThat(key(new Task.Edit("p", OptionalDouble.empty(), 9), seed, "aa"))
                .contains("edit|-|42-m3USe6GdEymZLZdOZde2vGe0-QWKil6Vm4rIeLUY");
    }
}

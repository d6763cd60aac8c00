package io.unifluid.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.hostile.attack.Fate;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.SampleArchive;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One round of everything that a hostile tenant can send harms nobody; then the judge must notice what did happen. */
final class ShortHostileIT {
    private static final long SEED = 20;
    private static final int PICTURES = 500;
    /** Of memory: a young process still grows, so that only a flood is noticed here; the long run judges it. */
    private static final Judge JUDGE = new Judge(2.5);

    /** Of each app's log, beneath what was broken. */
    private static final int LINES = 40;

    @TempDir
    Path data;

    /** Where the broker asks who everybody is; the long runs do it without, too. */
    @Test
    void nobodyIsHarmedByAHostileTenantAndSabotageIsFound() throws Exception {
        // tests/testkit finds the archive upwards from the module's folder; the checkout is two folders above it.
        var checkout = SampleArchive.folder().getParent().getParent();
        var cache = checkout.resolve("tests/hostile/target/cache");
        var plan = new HostileRun.Plan(SEED, 1, Duration.ZERO, PICTURES, 60, 3, 0, Duration.ofSeconds(5));
        try (var target = Target.start(checkout, data.resolve("stack"), cache, true)) {
            var trial = new HostileRun(target, plan, JUDGE, System.out::println).run(data.resolve("canaries"));

            assertThat(trial.report().broken())
                    .as(() -> target.lastWords(LINES))
                    .isEmpty();
            assertThat(trial.report().pictures()).isGreaterThanOrEqualTo(PICTURES);
            assertThat(trial.evidence().innocent()).hasSizeGreaterThan(50);
            assertThat(trial.report().results()).isPositive();
            assertThat(trial.report().letters()).isPositive();
            sabotage(target, trial.evidence());
        }
    }

    private static void sabotage(Target target, Evidence evidence) throws Exception {
        sabotage(evidence);
        aRealSecondResultIsSeen(target, evidence);
    }

    private static void sabotage(Evidence sound) {
        var victim = sound.innocent().getFirst();
        var withheld = new HashMap<>(sound.results());
        withheld.remove(victim.id());
        assertBroken(with(sound, withheld, sound.letters(), List.of()), "unanswered");

        var forged = new HashMap<>(sound.results());
        forged.put(victim.id(), List.of(new Witness.Seen(new Answer("SUCCEEDED", List.of("a bomb"), List.of()), 0)));
        assertBroken(with(sound, forged, sound.letters(), List.of()), "wrong answer");

        var silenced = new HashMap<>(sound.letters());
        sound.hostile().stream()
                .filter(shot -> shot.fate() != Fate.UNHEARD)
                .filter(shot -> shot.id().filter(sound.results()::containsKey).isEmpty())
                .flatMap(shot -> shot.at().stream())
                .limit(1)
                .forEach(silenced::remove);
        assertBroken(with(sound, sound.results(), silenced, List.of()), "neither a result nor a dead letter");

        assertBroken(with(sound, sound.results(), sound.letters(), List.of("passwd")), "outside of the data folder");
    }

    private static void aRealSecondResultIsSeen(Target target, Evidence sound) throws Exception {
        var victim = sound.innocent().getLast().id();
        var serdes = new AvroSerdes(target.registry());
        var again = InferenceResult.newBuilder()
                .setRequestId(victim)
                .setStatus(ResultStatus.SUCCEEDED)
                .setSubmittedAt(Instant.EPOCH)
                .build();
        try (var serializer = serdes.serializer(Topics.RESULTS);
                var producer =
                        new KafkaProducer<>(target.operator(), new ByteArraySerializer(), new ByteArraySerializer());
                var witness = new Witness(target.operator(), serdes)) {
            producer.send(new ProducerRecord<>(
                            Topics.RESULTS.name(),
                            victim.getBytes(StandardCharsets.UTF_8),
                            serializer.serialize(Topics.RESULTS.name(), again)))
                    .get();
            io.unifluid.testkit.Await.until(
                    "the second result",
                    HostileRun.PATIENCE,
                    () -> witness.results().getOrDefault(victim, List.of()).size() > 1);
            assertBroken(with(sound, witness.results(), sound.letters(), List.of()), "second result");
        }
    }

    private static Evidence with(
            Evidence sound,
            Map<String, List<Witness.Seen>> results,
            Map<Origin, Integer> letters,
            List<String> touched) {
        return new Evidence(
                sound.innocent(),
                sound.hostile(),
                results,
                letters,
                sound.oddities(),
                sound.notReady(),
                touched,
                sound.audit(),
                sound.apps());
    }

    private static void assertBroken(Evidence evidence, String sentence) {
        assertThat(JUDGE.broken(evidence)).anyMatch(broken -> broken.contains(sentence));
    }
}

package io.unifluid.moderation.topology;

import static io.unifluid.moderation.topology.Harness.WEAPONS;
import static io.unifluid.moderation.topology.Harness.submission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.unifluid.moderation.event.Keys;
import io.unifluid.moderation.event.PolicyRecords;
import io.unifluid.moderation.file.PolicyFile;
import io.unifluid.moderation.hash.HashEntry;
import io.unifluid.moderation.picture.ContentHash;
import io.unifluid.moderation.picture.Looks;
import io.unifluid.pdq.PdqHash;
import io.unifluid.schemas.CaseDecision;
import io.unifluid.schemas.DecisionKind;
import io.unifluid.schemas.HashKind;
import io.unifluid.schemas.HashListEntry;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.ModerationDecision;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Ruling;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.VerdictReason;
import io.unifluid.schemas.Vqa;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModerationTopologyTest {
    private static final String DRINKS = """
            policy: drinks
            onFailure: open
            questions:
              - name: bottle
                ask: is there a bottle?
                choices: [yes, no]
                bands: [{choice: yes, review: 0.8, labels: [drink]}]
              - name: weapon
                ask: is there a weapon?
                choices: [yes, no]
            """;

    @TempDir
    private Path folder;

    private Harness app;

    @BeforeEach
    void start() {
        app = new Harness(folder);
    }

    @AfterEach
    void stop() {
        app.close();
    }

    @Test
    void asksAllQuestionsOfAllPoliciesInOneRequest() {
        app.policy(WEAPONS, 1);
        app.policy(DRINKS, 1);

        app.submit(submission("s").setPriority(Priority.BULK).build());

        var request = app.request();
        assertThat(request.getRequestId()).isEqualTo("moderation:s");
        assertThat(request.getTenant()).isEqualTo("acme");
        assertThat(((Vqa) request.getTask()).getQuestions())
                .extracting(question -> question.getText())
                .containsExactly("is there a bottle?", "is there a weapon?");
        assertThat(request.getImage().getBytes()).isNotNull();
    }

    @Test
    void theAnswerBecomesOneVerdictWithAllThatLedToIt() {
        app.policy(WEAPONS, 1);
        app.submit(submission("s").setLabels(Map.of("album", "holiday")).build());

        app.answer(app.request(), 0.95);

        var verdict = only(app.verdicts());
        assertThat(verdict.getDecision()).isEqualTo(ModerationDecision.BLOCK);
        assertThat(verdict.getLabels()).containsExactly("weapon");
        assertThat(verdict.getReasons().getFirst().getField()).isEqualTo("questions.weapon.bands[yes]");
        assertThat(verdict.getReasons().getFirst().getThreshold()).isEqualTo(0.9);
        assertThat(verdict.getAnswers().getFirst().getScores().getFirst().getScore())
                .isEqualTo(0.95);
        assertThat(verdict.getPolicies().getFirst().getVersion()).isEqualTo(1);
        assertThat(verdict.getModel().getVersion()).isEqualTo("0.2.0");
        assertThat(verdict.getContentSha256()).hasSize(64);
        assertThat(verdict.getImage().getBytes())
                .as("inline bytes are kept nowhere")
                .isNull();
        assertThat(verdict.getLabelsGiven()).containsEntry("album", "holiday");
        assertThat(app.flagged()).containsExactly(verdict);
    }

    @Test
    void whatIsAllowedIsNotFlagged() {
        app.policy(WEAPONS, 1);
        app.submit("s");

        app.answer(app.request(), 0.1);

        assertThat(only(app.verdicts()).getDecision()).isEqualTo(ModerationDecision.ALLOW);
        assertThat(app.flagged()).isEmpty();
    }

    @Test
    void whatIsSentTwiceHasOneVerdict() {
        app.policy(WEAPONS, 1);
        app.submit("s");
        app.submit("s");
        var request = only(app.requests());
        app.answer(request, 0.1);
        app.answer(request, 0.99);
        app.submit("s");

        assertThat(app.verdicts()).hasSize(1);
        assertThat(app.requests()).isEmpty();
        assertThat(app.count("unifluid.moderation.submissions", "outcome", "repeated"))
                .isEqualTo(2);
        assertThat(app.count("unifluid.moderation.stray.answers")).isEqualTo(1);
    }

    @Test
    void aPictureThatFailsIsDecidedByThePolicyAndSaysWhy() {
        app.policy(WEAPONS, 1);
        app.policy(DRINKS, 1);
        for (var status :
                List.of(ResultStatus.FAILED, ResultStatus.EXPIRED, ResultStatus.REJECTED, ResultStatus.CANCELLED)) {
            app.submit(status.name());

            app.fail(app.request(), status, "BAD_INPUT");

            var verdict = only(app.verdicts());
            assertThat(verdict.getDecision()).isEqualTo(ModerationDecision.BLOCK);
            assertThat(verdict.getErrorKind()).isEqualTo("BAD_INPUT");
            assertThat(verdict.getRequestStatus()).isEqualTo(status);
            assertThat(verdict.getReasons().getFirst().getSource()).isEqualTo("FAILURE");
            assertThat(verdict.getReasons().getFirst().getText())
                    .isEqualTo("The request ended as " + status + ": It could not be done.");
            assertThat(verdict.getPolicies())
                    .extracting(policy -> policy.getDecision())
                    .containsExactly(ModerationDecision.ALLOW, ModerationDecision.BLOCK);
        }
    }

    @Test
    void withoutAnAnswerInTimeThePolicyDecides() {
        app.policy(WEAPONS, 1);
        app.submit(submission("s").setDeadline(Harness.START.plusSeconds(60)).build());
        var request = app.request();
        assertThat(request.getDeadline()).isEqualTo(Harness.START.plusSeconds(60));

        app.pass(Duration.ofSeconds(89));
        assertThat(app.verdicts()).isEmpty();
        app.pass(Duration.ofSeconds(2));
        app.answer(request, 0.1);

        var verdict = only(app.verdicts());
        assertThat(verdict.getErrorKind()).isEqualTo("NO_ANSWER");
        assertThat(verdict.getDecision()).isEqualTo(ModerationDecision.BLOCK);
    }

    @Test
    void aTenantWithoutPolicyHasAVerdictThatSaysSo() {
        app.policy(WEAPONS, 1);

        app.submit(submission("s").setTenant("stranger").build());

        var verdict = only(app.verdicts());
        assertThat(verdict.getDecision()).isEqualTo(ModerationDecision.REVIEW);
        assertThat(verdict.getReasons()).extracting(VerdictReason::getSource).containsExactly("NO_POLICY");
        assertThat(app.requests()).isEmpty();
    }

    @Test
    void aChangedThresholdJudgesWhatIsUnderWay() {
        app.policy(WEAPONS, 1);
        app.submit("s");
        app.policy(WEAPONS.replace("block: 0.9", "block: 0.6"), 2);

        app.answer(app.request(), 0.7);

        var verdict = only(app.verdicts());
        assertThat(verdict.getDecision()).isEqualTo(ModerationDecision.BLOCK);
        assertThat(verdict.getPolicies().getFirst().getVersion()).isEqualTo(2);
    }

    @Test
    void aPolicyThatAsksMoreByNowJudgesInTheVersionThatWasAsked() {
        app.policy(WEAPONS, 1);
        app.submit("s");
        app.policy(
                WEAPONS.replace("block: 0.9", "block: 0.6")
                        + "  - {name: more, ask: 'is there more?', choices: [yes, no]}\n",
                2);
        app.policy(DRINKS, 1);

        app.answer(app.request(), 0.7);

        var verdict = only(app.verdicts());
        assertThat(verdict.getDecision()).isEqualTo(ModerationDecision.REVIEW);
        assertThat(verdict.getPolicies()).hasSize(1);
        assertThat(verdict.getPolicies().getFirst().getVersion()).isEqualTo(1);
    }

    @Test
    void aPolicyRetiredWhileTheAnswerIsAwaitedJudgesNothing() {
        app.policy(WEAPONS, 1);
        app.submit("s");
        app.policy(PolicyFile.read("test", WEAPONS, "acme").retiredAs(2, "over"));

        app.answer(app.request(), 0.99);

        var verdict = only(app.verdicts());
        assertThat(verdict.getDecision()).isEqualTo(ModerationDecision.REVIEW);
        assertThat(verdict.getReasons().getFirst().getText()).contains("retired while the answer was awaited");
        assertThat(verdict.getAnswers()).as("for a replay").hasSize(1);
    }

    @Test
    void aPolicyDeletedWhileTheAnswerIsAwaitedJudgesNothing() {
        app.policy(WEAPONS, 1);
        app.submit("s");
        app.raw(Topics.POLICIES, "acme/weapons/1", null);

        app.answer(app.request(), 0.99);

        var verdict = only(app.verdicts());
        assertThat(verdict.getDecision()).isEqualTo(ModerationDecision.REVIEW);
        assertThat(verdict.getPolicies()).isEmpty();
        assertThat(verdict.getAnswers()).as("for a replay").hasSize(1);
    }

    @Test
    void aVersionDeletedWhileTheAnswerIsAwaitedLeavesItToTheNewestOne() {
        app.policy(WEAPONS, 1);
        app.submit("s");
        app.policy(WEAPONS.replace("block: 0.9", "block: 0.6"), 2);
        app.raw(Topics.POLICIES, "acme/weapons/1", null);

        app.answer(app.request(), 0.7);

        assertThat(only(app.verdicts()).getDecision()).isEqualTo(ModerationDecision.BLOCK);
    }

    @Test
    void aBadPolicyStopsNothingAndTheOneBeforeStaysInForce() {
        app.policy(WEAPONS, 1);
        app.raw(Topics.POLICIES, "acme/weapons/2", new byte[] {1, 2, 3});
        app.raw(Topics.POLICIES, null, new byte[] {0});
        app.raw(Topics.POLICIES, "no key of ours", null);
        var inverted = PolicyFile.read("test", WEAPONS, "acme").withVersion(3);
        app.send(Topics.POLICIES, "acme/weapons/4", PolicyRecords.written(inverted, "x", Harness.START));

        app.submit("s");
        app.answer(app.request(), 0.95);

        assertThat(only(app.verdicts()).getPolicies().getFirst().getVersion()).isEqualTo(1);
        assertThat(app.count("unifluid.moderation.unusable", "topic", "unifluid.policies"))
                .isEqualTo(3);
    }

    @Test
    void aListedPictureIsDecidedWithoutTheModel() throws IOException {
        app.policy(WEAPONS, 1);
        var scene = Files.readAllBytes(Path.of("../../infra/sample-archive/scene-0001.png"));
        var image = ImageRef.newBuilder().setBytes(ByteBuffer.wrap(scene)).build();
        app.list(entry(
                ModerationDecision.BLOCK, HashKind.SHA256, ContentHash.of(image).orElseThrow()));

        app.submit(submission("s").setImage(image).build());

        var verdict = only(app.verdicts());
        assertThat(verdict.getDecision()).isEqualTo(ModerationDecision.BLOCK);
        assertThat(verdict.getLabels()).containsExactly("known");
        assertThat(verdict.getReasons().getFirst().getText())
                .isEqualTo("The picture is an entry of the list 'bad'; the model was not asked.");
        assertThat(verdict.getListMatch().getDistance()).isZero();
        assertThat(app.requests()).isEmpty();
        assertThat(app.flagged()).hasSize(1);
    }

    @Test
    void aPictureThatLooksLikeAListedOneIsDecidedWithoutTheModel() throws IOException {
        var scene = Files.readAllBytes(Path.of("../../infra/sample-archive/scene-0001.png"));
        PdqHash near;
        try (var looks = new Looks(Optional.empty())) {
            var hash = looks.hash(scene).orElseThrow().hash();
            near = new PdqHash(hash.a() ^ 0xff, hash.b(), hash.c(), hash.d());
        }
        app.list(entry(ModerationDecision.ALLOW, HashKind.PDQ, near.hex()));

        app.submit(submission("s")
                .setImage(ImageRef.newBuilder().setBytes(ByteBuffer.wrap(scene)).build())
                .build());
        app.submit(submission("no picture at all").setTenant("acme").build());

        var verdicts = app.verdicts();
        assertThat(verdicts.getFirst().getDecision()).isEqualTo(ModerationDecision.ALLOW);
        assertThat(verdicts.getFirst().getListMatch().getDistance()).isEqualTo(8);
        assertThat(verdicts.getFirst().getPdqQuality()).isGreaterThanOrEqualTo(50);
        assertThat(verdicts.getLast().getListMatch()).isNull();
    }

    @Test
    void aSendersWordAboutAPictureElsewherePassesNoList() {
        app.policy(WEAPONS, 1);
        app.list(entry(ModerationDecision.ALLOW, HashKind.SHA256, "ab".repeat(32)));

        app.submit(submission("s")
                .setImage(ImageRef.newBuilder()
                        .setUri("https://example.org/x.png")
                        .setSha256("ab".repeat(32))
                        .build())
                .build());

        assertThat(app.requests()).hasSize(1);
        assertThat(app.verdicts()).isEmpty();
    }

    @Test
    void aBrokenListEntryIsLeftOutAndCounted() {
        app.raw(Topics.HASHES, "acme/bad/pdq/xyz", "xyz".getBytes(StandardCharsets.UTF_8));
        app.send(Topics.HASHES, "acme/bad/sha256/xyz", entry(ModerationDecision.BLOCK, HashKind.SHA256, "xyz"));
        app.send(
                Topics.HASHES,
                "acme/bad/sha256/" + "ab".repeat(32),
                entry(ModerationDecision.REVIEW, HashKind.SHA256, "ab".repeat(32)));
        var script = entry(ModerationDecision.BLOCK, HashKind.SHA256, "ab".repeat(32));
        script.setLabels(List.of("<script>alert(1)</script>"));
        app.list(script);

        assertThat(app.count("unifluid.moderation.unusable", "topic", "unifluid.moderation.hashes"))
                .isEqualTo(4);
    }

    @Test
    void anAnswerWithoutTheTokenIsNobodys() {
        app.policy(WEAPONS, 1);
        app.submit("s");
        var request = app.request();
        request.setLabels(Map.of(Keys.TOKEN, "guessed"));

        app.answer(request, 0.0);

        assertThat(app.verdicts()).isEmpty();
        assertThat(app.count("unifluid.moderation.stray.answers")).isEqualTo(1);
    }

    @Test
    void whatCannotBeACaseIsADeadLetter() {
        app.send(Topics.SUBMISSIONS, "other", submission("s").build());
        app.send(Topics.SUBMISSIONS, " ", submission(" ").build());
        app.raw(Topics.SUBMISSIONS, "t", null);
        app.send(Topics.SUBMISSIONS, "u", submission("u").setTenant("a/b").build());
        app.submit("s");
        app.submit(submission("s").setTenant("thief").build());

        assertThat(app.deadLetters())
                .satisfiesExactly(
                        one -> assertThat(one).contains("key is not the submissionId"),
                        one -> assertThat(one).contains("submissionId is blank"),
                        one -> assertThat(one).contains("no value"),
                        one -> assertThat(one).contains("tenant cannot be named so"),
                        one -> assertThat(one).contains("Another tenant sent a submission with this id"));
    }

    @Test
    void peopleOverruleAppealAndReverse() {
        app.policy(WEAPONS, 1);
        app.submit("s");
        app.answer(app.request(), 0.7);
        app.verdicts();

        app.decide(decision("d1", DecisionKind.REVIEW)
                .setDecision(ModerationDecision.BLOCK)
                .build());
        app.decide(decision("d2", DecisionKind.APPEAL).build());
        app.decide(decision("d3", DecisionKind.REVERSE).setAbout("d1").build());

        assertThat(app.rulings())
                .extracting(Ruling::getAccepted, Ruling::getBefore, Ruling::getDecision, Ruling::getOpen)
                .containsExactly(
                        tuple(true, ModerationDecision.REVIEW, ModerationDecision.BLOCK, false),
                        tuple(true, ModerationDecision.BLOCK, ModerationDecision.BLOCK, true),
                        tuple(true, ModerationDecision.BLOCK, ModerationDecision.REVIEW, true));
        assertThat(app.verdicts()).isEmpty();
    }

    @Test
    void aDecisionThatChangesNothingSaysWhy() {
        app.policy(WEAPONS, 1);
        app.submit("s");
        app.decide(decision("early", DecisionKind.REVIEW)
                .setDecision(ModerationDecision.BLOCK)
                .build());
        app.answer(app.request(), 0.95);
        app.decide(decision("d0", DecisionKind.REVIEW)
                .setDecision(ModerationDecision.ALLOW)
                .setSeen(0)
                .build());
        app.decide(decision("d1", DecisionKind.REVIEW)
                .setDecision(ModerationDecision.BLOCK)
                .setSeen(0)
                .build());
        app.decide(decision("d2", DecisionKind.REVERSE).setAbout("d0").build());
        app.decide(decision("d3", DecisionKind.APPEAL).setAbout("d0").build());
        app.decide(decision("d4", DecisionKind.REVIEW)
                .setTenant("thief")
                .setDecision(ModerationDecision.ALLOW)
                .build());
        var unknown = decision("d5", DecisionKind.APPEAL)
                .setSubmissionId("never sent")
                .build();
        app.decide(unknown);
        app.decide(decision("d0", DecisionKind.REVIEW)
                .setDecision(ModerationDecision.ALLOW)
                .build());

        assertThat(app.rulings())
                .extracting(Ruling::getDecisionId, Ruling::getRefusal)
                .containsExactly(
                        tuple("early", "NO_VERDICT"),
                        tuple("d0", null),
                        tuple("d1", "CONFLICT"),
                        tuple("d2", null),
                        tuple("d3", "ALREADY_REVERSED"),
                        tuple("d4", "UNKNOWN_SUBMISSION"),
                        tuple("d5", "UNKNOWN_SUBMISSION"));
    }

    @Test
    void aCaseIsForgottenAfterItsRetention() {
        app.policy(WEAPONS, 1);
        app.submit("s");
        app.answer(app.request(), 0.1);
        app.pass(Duration.ofDays(89));
        app.submit("s");
        assertThat(app.requests()).isEmpty();

        app.pass(Duration.ofDays(2));
        app.submit("s");

        assertThat(app.requests()).hasSize(1);
    }

    @Test
    void theTopologyIsWhatItWas() throws IOException {
        assertThat(lines(app.description()))
                .isEqualTo(lines(Files.readString(Path.of("src/test/resources/expected_topology.txt"))));
    }

    private static List<String> lines(String described) {
        return described
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static CaseDecision.Builder decision(String id, DecisionKind kind) {
        return CaseDecision.newBuilder()
                .setDecisionId(id)
                .setSubmissionId("s")
                .setTenant("acme")
                .setKind(kind)
                .setBy("alice")
                .setReason("because");
    }

    private static HashListEntry entry(ModerationDecision effect, HashKind kind, String hash) {
        return HashListEntry.newBuilder()
                .setTenant(HashEntry.EVERYBODY)
                .setList("bad")
                .setEffect(effect)
                .setKind(kind)
                .setHash(hash)
                .setLabels(List.of("known"))
                .build();
    }

    private static <V> V only(List<V> all) {
        assertThat(all).hasSize(1);
        return all.getFirst();
    }
}

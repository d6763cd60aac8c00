package io.unifluid.gateway.moderation;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.ModerationDecision;
import io.unifluid.schemas.Ruling;
import io.unifluid.schemas.Verdict;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReviewStoreTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir
    Path folder;

    private ReviewStore store;

    @BeforeEach
    void open() {
        store = new ReviewStore(folder.resolve("reviews"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void whatIsOpenComesInTheOrderOfItsVerdictsAndByPages() {
        flag("acme", "late", 3);
        flag("acme", "early", 1);
        flag("acme", "middle-b", 2);
        flag("acme", "middle-a", 2);
        assertThat(openOf("acme")).containsExactly("early", "middle-a", "middle-b", "late");

        assertThat(ids(store.open("acme", null, 2))).containsExactly("early", "middle-a");
        var last = store.find("acme", "middle-a").orElseThrow().verdict();
        assertThat(ids(store.open("acme", last, 2))).containsExactly("middle-b", "late");
        rule("acme", "middle-a", 1, false);
        assertThat(ids(store.open("acme", last, 2)))
                .as("behind one that was decided meanwhile")
                .containsExactly("middle-b", "late");
    }

    @Test
    void aDecisionClosesAndAnAppealOpensAgain() {
        flag("acme", "one", 1);
        rule("acme", "one", 1, false);
        assertThat(openOf("acme")).isEmpty();
        assertThat(store.find("acme", "one").orElseThrow().revision()).isEqualTo(1);
        rule("acme", "one", 2, true);
        assertThat(openOf("acme")).containsExactly("one");
    }

    @Test
    void inWhateverOrderTheRecordsComeAndHoweverOften() {
        rule("acme", "one", 2, false);
        rule("acme", "one", 1, true);
        flag("acme", "one", 1);
        assertThat(openOf("acme")).isEmpty();
        flag("acme", "one", 1);
        rule("acme", "one", 2, false);
        assertThat(openOf("acme")).isEmpty();
        assertThat(store.find("acme", "one").orElseThrow().revision()).isEqualTo(2);
    }

    @Test
    void aRulingThatWasRefusedChangesNothing() {
        flag("acme", "one", 1);
        store.ruled(ruling("acme", "one", 1, false).setAccepted(false).build(), millis(2));
        assertThat(openOf("acme")).containsExactly("one");
    }

    @Test
    void aTenantSeesItsOwn() {
        flag("acme", "one", 1);
        flag("acm", "eone", 1);
        flag("acmf", "one", 1);
        flag("", "none", 1);
        assertThat(openOf("acme")).containsExactly("one");
        assertThat(openOf("acm")).containsExactly("eone");
        assertThat(openOf("")).containsExactly("none");
        rule("acmf", "one", 1, false);
        assertThat(openOf("acme")).containsExactly("one");
        assertThat(store.find("acm", "one")).isEmpty();
    }

    @Test
    void whatHasLeftTheTopicsIsForgotten() {
        flag("acme", "old", 1);
        flag("acme", "again", 1);
        flag("acme", "young", 5);
        store.flagged(verdict("acme", "again", 1), millis(6));
        rule("acme", "young", 1, true);
        store.forgetBefore(NOON.plusSeconds(4));
        assertThat(openOf("acme")).containsExactly("again", "young");
        assertThat(store.find("acme", "old")).isEmpty();
        store.forgetBefore(NOON.plusSeconds(100));
        assertThat(openOf("acme")).isEmpty();
        assertThat(store.find("acme", "young")).isEmpty();
    }

    @Test
    void whatAnEarlierOneLeftIsNotGoneOnWith() {
        flag("acme", "one", 1);
        store.close();
        open();
        assertThat(openOf("acme")).isEmpty();
    }

    private void flag(String tenant, String id, int second) {
        store.flagged(verdict(tenant, id, second), millis(second));
    }

    private static Verdict verdict(String tenant, String id, int second) {
        return Verdict.newBuilder()
                .setTenant(tenant)
                .setSubmissionId(id)
                .setDecision(ModerationDecision.REVIEW)
                .setDecidedAt(NOON.plusSeconds(second))
                .build();
    }

    private void rule(String tenant, String id, int revision, boolean open) {
        store.ruled(ruling(tenant, id, revision, open).build(), millis(10 + revision));
    }

    private static Ruling.Builder ruling(String tenant, String id, int revision, boolean open) {
        return Ruling.newBuilder()
                .setTenant(tenant)
                .setSubmissionId(id)
                .setDecisionId("d" + revision)
                .setAccepted(true)
                .setRevision(revision)
                .setOpen(open);
    }

    private static long millis(int second) {
        return NOON.plusSeconds(second).toEpochMilli();
    }

    private List<String> openOf(String tenant) {
        return ids(store.open(tenant, null, 100));
    }

    private static List<String> ids(List<Reviews.Item> items) {
        return items.stream().map(item -> item.verdict().getSubmissionId()).toList();
    }
}

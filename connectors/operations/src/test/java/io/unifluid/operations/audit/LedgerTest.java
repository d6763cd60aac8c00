package io.unifluid.operations.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class LedgerTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Instant LATE = NOON.plusSeconds(3_600);

    @Test
    void provesOneResultForEachRequest() {
        var report = ledger(100, 0, 100).report(LATE);
        assertThat(report.broken(true)).isEmpty();
        assertThat(report.requests()).isEqualTo(100);
        assertThat(report.byStatus()).containsEntry("SUCCEEDED", 100L);
        assertThat(report.mostAttempts()).isEqualTo(1);
    }

    @Test
    void aWithheldResultIsOpenAndOnlyLostWhenNothingIsOnItsWay() {
        var ledger = ledger(100, 1, 100);
        ledger.nameIfOpen("r-0");
        ledger.nameIfOpen("r-1");
        var report = ledger.report(LATE);
        assertThat(report.proven(false)).isTrue();
        assertThat(report.broken(true)).containsExactly("1 of 100 requests have no result (r-0).");
    }

    @Test
    void aSecondResultIsNamed() {
        var ledger = ledger(100, 0, 100);
        ledger.result("r-7", "FAILED", 1, NOON);
        assertThat(ledger.report(LATE).broken(false))
                .containsExactly("1 results are not the first of their request (r-7).");
    }

    @Test
    void aWithheldAndADoubledResultDoNotMakeUpForEachOther() {
        var ledger = ledger(100, 1, 100);
        ledger.result("r-7", "SUCCEEDED", 1, NOON);
        assertThat(ledger.report(LATE).broken(true)).hasSize(2);
    }

    @Test
    void aResultWithoutARequestIsNamed() {
        var ledger = ledger(10, 0, 10);
        ledger.result("stranger", "SUCCEEDED", 1, NOON);
        assertThat(ledger.report(LATE).broken(false)).containsExactly("1 results have no request (stranger).");
    }

    @Test
    void anIdThatIsSentTwiceIsStillOneRequest() {
        var ledger = new Ledger(5);
        ledger.request("twice", at(0, 0), NOON);
        ledger.request("twice", at(0, 1), NOON);
        ledger.result("twice", "SUCCEEDED", 2, NOON);
        var report = ledger.report(LATE);
        assertThat(report.proven(true)).isTrue();
        assertThat(report.requestRecords()).isEqualTo(2);
        assertThat(report.sentAgain()).isEqualTo(1);
        assertThat(report.mostAttempts()).isEqualTo(2);
    }

    @Test
    void aDeadLetterStandsForItsRequestRecordAlone() {
        var ledger = new Ledger(5);
        ledger.deadLetterOfRequest(at(0, 0));
        ledger.otherDeadLetter();
        ledger.request("bad", at(0, 0), NOON);
        ledger.request("good", at(0, 1), NOON);
        ledger.request("same place", new Ledger.Position("other requests", 0, 0), NOON);
        ledger.request(null, at(1, 0), NOON);
        ledger.result("good", "SUCCEEDED", 1, NOON);
        ledger.result("same place", "SUCCEEDED", 1, NOON);
        var report = ledger.report(LATE);
        assertThat(report.deadLetters()).isEqualTo(new AuditReport.DeadLetters(1, 0, 1));
        assertThat(report.broken(true)).containsExactly("1 request records without a key have no dead letter.");
    }

    @Test
    void aDoubledDeadLetterBreaksARule() {
        var ledger = new Ledger(5);
        ledger.deadLetterOfRequest(at(0, 0));
        ledger.deadLetterOfRequest(at(0, 0));
        ledger.request("bad", at(0, 0), NOON);
        assertThat(ledger.report(LATE).broken(false)).hasSize(1);
    }

    @Test
    void youngRequestsAreToldFromOldOnes() {
        var ledger = new Ledger(5);
        ledger.request("old", at(0, 0), NOON);
        ledger.request("young", at(0, 1), NOON.plusSeconds(60));
        var report = ledger.report(NOON.plusSeconds(30));
        assertThat(report.open().count()).isEqualTo(2);
        assertThat(report.openLong()).isEqualTo(1);
    }

    @Test
    void resultsOfForgottenRequestsProveNothing() {
        var ledger = new Ledger(5);
        ledger.requestsWereForgotten();
        ledger.request("kept", at(0, 10), NOON);
        ledger.result("forgotten", "SUCCEEDED", 1, NOON.minusSeconds(1));
        ledger.result("stranger", "SUCCEEDED", 1, NOON.plusSeconds(1));
        ledger.result("kept", "SUCCEEDED", 1, NOON);
        var report = ledger.report(LATE);
        assertThat(report.beforeRetention()).isEqualTo(1);
        assertThat(report.broken(true)).containsExactly("1 results have no request (stranger).");
    }

    @Test
    void namesAFewAndCountsAll() {
        var ledger = ledger(1_000_000, 20, 3);
        for (int i = 0; i < 100 && ledger.wantsOpenNames(); i++) {
            ledger.nameIfOpen("r-" + i);
        }
        var open = ledger.report(LATE).open();
        assertThat(open.count()).isEqualTo(20);
        assertThat(open.names()).containsExactly("r-0", "r-1", "r-2");
    }

    private static Ledger.Position at(int partition, long offset) {
        return new Ledger.Position("requests", partition, offset);
    }

    private static Ledger ledger(int requests, int withheld, int named) {
        var ledger = new Ledger(named);
        for (int i = 0; i < requests; i++) {
            ledger.request("r-" + i, at(i % 4, i), NOON);
        }
        for (int i = withheld; i < requests; i++) {
            ledger.result("r-" + i, "SUCCEEDED", 1, NOON);
        }
        return ledger;
    }
}

package io.unifluid.streams.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CommitBudgetTest {
    private static final long MS = 1_000_000;

    private final CommitBudget budget = new CommitBudget();
    private long at = System.nanoTime();

    @Test
    void cheapTransactionsMayEndEarlyAgainAndAgain() {
        assertThat(endedEarly(20, 20)).isEqualTo(100L);
    }

    @Test
    void dearOnesTakeAThirdOfTheTimeOrLess() {
        endedEarly(100, 100);

        assertThat(endedEarly(100, 100)).isBetween(30L, 33L);
    }

    @Test
    void oneThatTookMinutesIsForgottenInSeconds() {
        budget.spent(120_000 * MS, at);

        assertThat(budget.allows(at + 500 * MS)).isFalse();
        assertThat(budget.allows(at + 2_000 * MS)).isTrue();
    }

    /** How many of a hundred in a row were allowed, of which one is asked for every so many milliseconds and takes so many. */
    private long endedEarly(int takes, int every) {
        return IntStream.range(0, 100)
                .filter(_ -> {
                    at += every * MS;
                    boolean allowed = budget.allows(at);
                    if (allowed) {
                        budget.spent(takes * MS, at);
                    }
                    return allowed;
                })
                .count();
    }
}

package io.unifluid.streams.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ForgettingTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private final Forgetting forgetting = new Forgetting(Duration.ofHours(24));
    private final TreeMap<String, Instant> store = new TreeMap<>();
    private int parts;

    @Test
    void nothingIsWalkedWhileNothingIsOver() {
        end("a", START.plusSeconds(10));
        assertThat(look(START.plusSeconds(9), 100)).isEmpty();
        assertThat(parts).isZero();

        assertThat(look(START.plusSeconds(10), 100)).containsExactly("a");
    }

    @Test
    void aLongStoreIsWalkedInPartsThatEachLookGoesOnWith() {
        for (char name = 'a'; name <= 'e'; name++) {
            end(Character.toString(name), START);
        }
        assertThat(look(START, 2)).containsExactly("a", "b");
        assertThat(look(START, 2)).containsExactly("c", "d");
        assertThat(look(START, 2)).containsExactly("e");
        assertThat(look(START.plus(Duration.ofDays(1)), 2)).isEmpty();
        assertThat(parts).isEqualTo(3);
    }

    @Test
    void whatIsOverSoonAfterAWalkStaysForAnEighthOfTheRetentionAtMost() {
        end("a", START);
        end("b", START.plusSeconds(1));
        assertThat(look(START, 100)).containsExactly("a");
        assertThat(look(START.plusSeconds(2), 100)).isEmpty();
        assertThat(parts).isEqualTo(1);

        assertThat(look(START.plus(Duration.ofHours(3)), 100)).containsExactly("b");
    }

    @Test
    void whatEndsBehindAWalkUnderWayIsFoundByTheNext() {
        end("b", START);
        end("c", START);
        assertThat(look(START, 1)).containsExactly("b");
        end("a", START.plus(Duration.ofHours(5)));
        assertThat(look(START, 1)).containsExactly("c");

        assertThat(look(START.plus(Duration.ofHours(5)), 1)).containsExactly("a");
    }

    private void end(String key, Instant over) {
        store.put(key, over);
        forgetting.expect(over);
    }

    /** What is due, which is removed as its owner would. */
    private List<String> look(Instant now, int most) {
        var due = forgetting.due(now, most, this::walk);
        due.forEach(store::remove);
        return due;
    }

    private Forgetting.Part walk(Optional<String> from, int most, Instant now) {
        parts++;
        var due = new ArrayList<String>();
        var earliest = Optional.<Instant>empty();
        int left = most;
        for (var entry : store.tailMap(from.orElse(""), true).entrySet()) {
            if (left-- == 0) {
                return new Forgetting.Part(due, Optional.of(entry.getKey()), earliest);
            }
            if (!now.isBefore(entry.getValue())) {
                due.add(entry.getKey());
            } else if (earliest.isEmpty() || entry.getValue().isBefore(earliest.get())) {
                earliest = Optional.of(entry.getValue());
            }
        }
        return new Forgetting.Part(due, Optional.empty(), earliest);
    }
}

package io.unifluid.gateway.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class FeedTest {
    private final Feed feed = new Feed(3);

    @Test
    void aReaderSeesWhatIsSaidFromThenOnEachOnceByItsLastWord() throws Exception {
        feed.say("before");
        var reader = feed.read("");
        feed.say("a");
        feed.say("b");
        feed.say("a");
        assertThat(id(next(reader))).isEqualTo("b");
        assertThat(id(next(reader))).isEqualTo("a");
        assertThat(next(reader)).isInstanceOf(Feed.Next.Nothing.class);
    }

    @Test
    void whoIsTooSlowIsToldHowManyItMissedAndGoesOn() throws Exception {
        var slow = feed.read("");
        var quick = feed.read("");
        for (var id : "a b c d e".split(" ")) {
            feed.say(id);
            assertThat(id(next(quick))).isEqualTo(id);
        }
        assertThat(next(slow))
                .isInstanceOfSatisfying(
                        Feed.Next.Missed.class,
                        missed -> assertThat(missed.requests()).isEqualTo(OptionalLong.of(2)));
        assertThat(id(next(slow))).isEqualTo("c");
        assertThat(id(next(slow))).isEqualTo("d");
        assertThat(id(next(slow))).isEqualTo("e");
    }

    @Test
    void whoComesBackGoesOnWhereItWas() throws Exception {
        var reader = feed.read("");
        feed.say("a");
        feed.say("b");
        var place = next(reader).place();
        reader.close();
        feed.say("c");
        var again = feed.read(place);
        assertThat(id(next(again))).isEqualTo("b");
        assertThat(id(next(again))).isEqualTo("c");
        assertThat(feed.readers()).isEqualTo(1);
    }

    @Test
    void whoComesBackTooLateOrFromAnotherGatewayIsToldThatNobodyKnowsWhatItMissed() throws Exception {
        var reader = feed.read("");
        feed.say("a");
        var place = next(reader).place();
        for (var id : "b c d e f".split(" ")) {
            feed.say(id);
        }
        for (var strange : new String[] {place, new Feed(3).read("").place(), "x", "a-b-c", place + "9999999"}) {
            assertThat(next(feed.read(strange)))
                    .as(strange)
                    .isInstanceOfSatisfying(
                            Feed.Next.Missed.class,
                            missed -> assertThat(missed.requests()).isEmpty());
        }
    }

    @Test
    void closingEndsAWait() throws Exception {
        var reader = feed.read("");
        var waiting = Thread.ofVirtual().start(() -> {
            try {
                reader.next(Duration.ofMinutes(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        reader.close();
        assertThat(waiting.join(Duration.ofSeconds(30))).isTrue();
    }

    private static Feed.Next next(Feed.Reader reader) throws InterruptedException {
        return reader.next(Duration.ZERO);
    }

    private static String id(Feed.Next next) {
        return ((Feed.Next.News) next).id();
    }
}

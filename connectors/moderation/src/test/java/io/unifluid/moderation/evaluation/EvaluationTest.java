package io.unifluid.moderation.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unifluid.moderation.evaluation.Evaluation.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    private static final Evaluation FIVE = new Evaluation(List.of(
            new Sample(0.9, true),
            new Sample(0.8, true),
            new Sample(0.7, false),
            new Sample(0.6, true),
            new Sample(0.1, false)));

    @Test
    void countsWhatIsTakenAtAThreshold() {
        var at = FIVE.at(0.65);

        assertThat(at.truePositives()).isEqualTo(2);
        assertThat(at.falsePositives()).isEqualTo(1);
        assertThat(at.precision().value()).isEqualTo(2 / 3.0);
        assertThat(at.recall().value()).isEqualTo(2 / 3.0);
        assertThat(at.f1().value()).isEqualTo(2 / 3.0);
    }

    @Test
    void findsTheThresholdWithTheMostRecallForAPrecision() {
        assertThat(FIVE.thresholdFor(1).orElseThrow()).isEqualTo(new Evaluation.Point(0.8, 1, 2 / 3.0));
        assertThat(FIVE.thresholdFor(0.75).orElseThrow()).isEqualTo(new Evaluation.Point(0.6, 0.75, 1));
        assertThat(new Evaluation(List.of(new Sample(0.9, false), new Sample(0.1, true))).thresholdFor(0.9))
                .isEmpty();
        assertThat(new Evaluation(List.of(new Sample(0.9, false))).thresholdFor(0.9))
                .isEmpty();
    }

    @Test
    void picturesWithTheSameScoreAreTakenTogether() {
        var same = new Evaluation(List.of(new Sample(0.5, true), new Sample(0.5, false)));

        assertThat(same.curve()).containsExactly(new Evaluation.Point(0.5, 0.5, 1));
    }

    /** Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3. */
    @Test
    void sharesHaveWilsonsInterval() {
        var some = Evaluation.wilson(81, 263);
        assertThat(some.low()).isCloseTo(0.2553, within(5e-5));
        assertThat(some.high()).isCloseTo(0.3662, within(5e-5));
        assertThat(Evaluation.wilson(0, 20).high()).isCloseTo(0.1611, within(5e-5));
        assertThat(Evaluation.wilson(0, 20).low()).isZero();
        assertThat(Evaluation.wilson(1, 29).low()).isCloseTo(0.0061, within(5e-5));
    }

    @Test
    void whatIsSaidAsOftenAsItIsSoIsCalibrated() {
        var random = new Random(7);
        var honest = new ArrayList<Sample>();
        var bold = new ArrayList<Sample>();
        for (int i = 0; i < 4_000; i++) {
            double score = random.nextDouble();
            boolean positive = random.nextDouble() < score;
            honest.add(new Sample(score, positive));
            bold.add(new Sample(Math.min(1, score + 0.2), positive));
        }

        assertThat(new Evaluation(honest).calibrationError().value()).isLessThan(0.03);
        var error = new Evaluation(bold).calibrationError();
        assertThat(error.value()).isBetween(0.15, 0.2);
        assertThat(error.low()).isLessThan(error.value());
        assertThat(error.high()).isGreaterThan(error.value());
    }

    @Test
    void ofNoPicturesNothingCanBeSaid() {
        var none = new Evaluation(List.of());

        assertThat(none.at(0.5).precision().value()).isNaN();
        assertThat(none.thresholdFor(0.5)).isEmpty();
        assertThat(page("q", none)).contains("cannot be said", "no threshold reaches it");
    }

    @Test
    void whateverComesFromElsewhereIsTextOnThePage() {
        var page = page("<script>alert('x')</script> & \"y\"", FIVE);

        assertThat(page)
                .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;")
                .doesNotContain("<script");
    }

    private static String page(String question, Evaluation evaluation) {
        return EvaluationPage.of(
                new EvaluationPage.About("m", "p", 0.95, 0.5, "now"), Map.of("archive", Map.of(question, evaluation)));
    }
}

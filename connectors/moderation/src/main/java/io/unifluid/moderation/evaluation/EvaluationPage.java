package io.unifluid.moderation.evaluation;

import io.unifluid.moderation.evaluation.Evaluation.Estimate;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report for people: one page without any other file, in which whatever came from elsewhere is text. */
public final class EvaluationPage {
    private static final int SIDE = 200;
    private static final int MARGIN = 34;

    /**
     * What is known of a run.
     *
     * @param purpose what the model may and may not be used for
     * @param wished precision for which thresholds are given
     * @param threshold at which precision and recall are given
     */
    public record About(String model, String purpose, double wished, double threshold, String at) {}

    /** @param archives by their names, each by question; the first is the one that the model was made for */
    public static String of(About about, Map<String, Map<String, Evaluation>> archives) {
        var page = new StringBuilder("""
                <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>Moderation: how well the scores tell</title>
                <style>
                body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}
                h1{font-size:1.5rem}h2{margin-top:2.5rem;border-bottom:1px solid #ccc}h3{margin-bottom:.3rem}
                table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.15rem .8rem .15rem 0;text-align:left;vertical-align:top}
                th{font-weight:600}small{color:#666}figure{display:inline-block;margin:0 1.5rem 1rem 0}figcaption{font-size:.85rem;color:#555}
                .warn{background:#fff4e0;border-left:4px solid #d80;padding:.6rem 1rem}
                </style>
                """);
        page.append("<h1>How well the scores tell</h1><p>Model ")
                .append(text(about.model()))
                .append(", ")
                .append(text(about.at()))
                .append(".</p><p class=\"warn\">")
                .append(text(about.purpose()))
                .append("</p>");
        archives.forEach((name, questions) -> {
            page.append("<h2>").append(text(name)).append("</h2>");
            questions.forEach((question, evaluation) -> question(page, about, question, evaluation));
        });
        page.append(
                "<p><small>Intervals hold 95 in 100 times (Wilson's for precision and recall, resampling of pictures for F1"
                        + " and calibration). Calibration error: mean distance between what is said and what is so, in ten steps."
                        + " Thresholds are chosen on these pictures, so that they are a little better here than elsewhere.</small></p></html>\n");
        return page.toString();
    }

    private static void question(StringBuilder page, About about, String question, Evaluation evaluation) {
        var at = evaluation.at(about.threshold());
        var wished = evaluation.thresholdFor(about.wished());
        page.append("<h3>").append(text(question)).append("</h3><table>");
        row(page, "pictures", evaluation.count() + ", of which " + evaluation.positives() + " have it");
        row(page, "precision at " + number(about.threshold()), estimate(at.precision()));
        row(page, "recall at " + number(about.threshold()), estimate(at.recall()));
        row(page, "F1 at " + number(about.threshold()), estimate(at.f1()));
        row(page, "calibration error", estimate(evaluation.calibrationError()));
        row(
                page,
                "for precision " + number(about.wished()),
                wished.map(point -> {
                            var there = evaluation.at(point.threshold());
                            return "threshold " + number(point.threshold()) + ": recall " + estimate(there.recall())
                                    + ", precision " + estimate(there.precision());
                        })
                        .orElse("no threshold reaches it"));
        page.append("</table>");
        figure(
                page,
                "precision over recall",
                "recall",
                "precision",
                evaluation.curve().stream()
                        .filter(point -> !Double.isNaN(point.recall()))
                        .map(point -> new double[] {point.recall(), point.precision(), 0})
                        .toList());
        figure(
                page,
                "what is so over what is said; the line is perfect",
                "score",
                "share",
                evaluation.reliability().stream()
                        .map(bin -> new double[] {bin.meanScore(), bin.share(), bin.count()})
                        .toList());
    }

    private static void row(StringBuilder page, String name, String value) {
        page.append("<tr><th>")
                .append(text(name))
                .append("</th><td>")
                .append(text(value))
                .append("</td></tr>");
    }

    /** @param points x, y and, for dots, how many pictures; 0 for a line */
    private static void figure(StringBuilder page, String caption, String x, String y, List<double[]> points) {
        boolean line = points.stream().allMatch(point -> point[2] == 0);
        int all = SIDE + MARGIN + 10;
        page.append(String.format(
                Locale.ROOT,
                "<figure><svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\">",
                all,
                all,
                text(caption)));
        page.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"5\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#bbb\"/>",
                MARGIN,
                SIDE,
                SIDE));
        for (var tick : new double[] {0, 0.5, 1}) {
            page.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.0f\" y=\"%d\" font-size=\"10\" text-anchor=\"middle\">%s</text><text x=\"%d\" y=\"%.0f\" font-size=\"10\" text-anchor=\"end\">%s</text>",
                    across(tick),
                    SIDE + 18,
                    number(tick),
                    MARGIN - 4,
                    down(tick) + 3,
                    number(tick)));
        }
        page.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" font-size=\"11\" text-anchor=\"middle\">%s</text><text x=\"10\" y=\"%d\" font-size=\"11\" text-anchor=\"middle\" transform=\"rotate(-90 10 %d)\">%s</text>",
                MARGIN + SIDE / 2,
                SIDE + 32,
                x,
                SIDE / 2,
                SIDE / 2,
                y));
        if (line) {
            var path = new StringBuilder();
            points.forEach(
                    point -> path.append(String.format(Locale.ROOT, "%.1f,%.1f ", across(point[0]), down(point[1]))));
            page.append("<polyline fill=\"none\" stroke=\"#06c\" stroke-width=\"2\" points=\"")
                    .append(path.toString().strip())
                    .append("\"/>");
        } else {
            page.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>",
                    across(0),
                    down(0),
                    across(1),
                    down(1)));
            points.forEach(point -> page.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"#06c\" fill-opacity=\"0.6\"><title>%d pictures</title></circle>",
                    across(point[0]),
                    down(point[1]),
                    2 + 2 * Math.log10(1 + point[2]),
                    (int) point[2])));
        }
        page.append("</svg><figcaption>").append(text(caption)).append("</figcaption></figure>");
    }

    private static double across(double share) {
        return MARGIN + share * SIDE;
    }

    private static double down(double share) {
        return 5 + (1 - share) * SIDE;
    }

    private static String estimate(Estimate estimate) {
        return Double.isNaN(estimate.value())
                ? "cannot be said"
                : number(estimate.value()) + " (" + number(estimate.low()) + " to " + number(estimate.high()) + ")";
    }

    static String number(double value) {
        var text = String.format(Locale.ROOT, "%.4f", value).replaceAll("0+$", "");
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    /** Whatever it is, it is shown and nothing more. */
    static String text(String raw) {
        var safe = new StringBuilder();
        raw.codePoints().forEach(point -> {
            switch (point) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(Character.isISOControl(point) ? '\ufffd' : point);
            }
        });
        return safe.toString();
    }

    private EvaluationPage() {}
}

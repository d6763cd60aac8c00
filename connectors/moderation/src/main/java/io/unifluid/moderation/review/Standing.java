package io.unifluid.moderation.review;

import io.unifluid.moderation.policy.Decision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a verdict stands after what people decided about it. A review overrules the verdict and the reviews before it; an
 * appeal asks for another look and changes nothing; a reversal takes the review in force back. Pure.
 *
 * @param verdict what the policies decided
 * @param flagged whether people had to look at it
 * @param rulings what was accepted, in order
 */
public record Standing(Decision verdict, boolean flagged, List<Ruled> rulings) {
    private static final int MOST = 100;

    /** What people do. */
    public enum Kind {
        REVIEW,
        APPEAL,
        REVERSE
    }

    /** One that was accepted. */
    public record Ruled(String decisionId, Kind kind, Optional<Decision> decision, Optional<String> about, String by) {}

    /**
     * One that is asked for.
     *
     * @param decision of a review
     * @param about the decision that is meant
     * @param seen the revision that was in force when the person looked
     */
    public record Wish(
            String decisionId,
            Kind kind,
            Optional<Decision> decision,
            Optional<String> about,
            Optional<Integer> seen,
            String by,
            String reason) {}

    /** What becomes of a wish. */
    public sealed interface Outcome {
        record Accepted(Standing next) implements Outcome {}

        /** @param kind a stable name */
        record Refused(Refusal kind, String sentence) implements Outcome {}

        /** The same decision came before; nothing is to be done. */
        record Repeated() implements Outcome {}
    }

    /** Why a wish is refused. */
    public enum Refusal {
        UNKNOWN_SUBMISSION,
        NO_VERDICT,
        INCOMPLETE,
        CONFLICT,
        NOTHING_TO_APPEAL,
        UNKNOWN_DECISION,
        ALREADY_REVERSED,
        TOO_MANY
    }

    public Standing {
        rulings = List.copyOf(rulings);
    }

    /** How many decisions were accepted. */
    public int revision() {
        return rulings.size();
    }

    /** The review that counts. */
    public Optional<Ruled> review() {
        var taken = reversed();
        return rulings.stream()
                .filter(ruled -> ruled.kind() == Kind.REVIEW && !taken.contains(ruled.decisionId()))
                .reduce((_, last) -> last);
    }

    public Decision inForce() {
        return review().flatMap(Ruled::decision).orElse(verdict);
    }

    /** Whether people must look: it was flagged and nobody decided, or somebody appealed since. */
    public boolean open() {
        if (rulings.isEmpty()) {
            return flagged;
        }
        return switch (rulings.getLast().kind()) {
            case REVIEW -> false;
            case APPEAL -> true;
            case REVERSE -> inForce() == Decision.REVIEW;
        };
    }

    public Outcome rule(Wish wish) {
        if (rulings.stream().anyMatch(ruled -> ruled.decisionId().equals(wish.decisionId()))) {
            return new Outcome.Repeated();
        }
        if (rulings.size() >= MOST) {
            return refused(
                    Refusal.TOO_MANY, "There are " + MOST + " decisions on this verdict already; no more is taken.");
        }
        if (wish.by().isBlank() || wish.reason().isBlank()) {
            return refused(
                    Refusal.INCOMPLETE,
                    "A decision needs " + (wish.by().isBlank() ? "who made it" : "a reason") + ": fill in '"
                            + (wish.by().isBlank() ? "by" : "reason") + "'.");
        }
        if (wish.seen().isPresent() && wish.seen().get() != revision()) {
            return refused(
                    Refusal.CONFLICT,
                    "It was made at revision " + wish.seen().get() + " and the verdict is at revision " + revision()
                            + " since" + lastBy() + ": look again and decide at that one.");
        }
        if (wish.about().isPresent()) {
            var about = wish.about().get();
            if (reversed().contains(about)) {
                return refused(
                        Refusal.ALREADY_REVERSED,
                        "The decision '" + about + "' was reversed; decide about the one that is in force.");
            }
            if (rulings.stream().noneMatch(ruled -> ruled.decisionId().equals(about))) {
                return refused(
                        Refusal.UNKNOWN_DECISION, "There is no accepted decision '" + about + "' on this verdict.");
            }
        }
        return switch (wish.kind()) {
            case REVIEW -> reviewed(wish);
            case APPEAL -> appealed(wish);
            case REVERSE -> reversed(wish);
        };
    }

    private Outcome reviewed(Wish wish) {
        var decision = wish.decision();
        if (decision.isEmpty() || decision.get() == Decision.REVIEW) {
            return refused(Refusal.INCOMPLETE, "A review decides ALLOW or BLOCK: fill in 'decision'.");
        }
        if (wish.seen().isEmpty() && !open() && review().isPresent()) {
            return refused(
                    Refusal.CONFLICT,
                    "It was decided already" + lastBy()
                            + ": to overrule that, name the revision that you saw, which is " + revision() + ".");
        }
        return accepted(wish);
    }

    private Outcome appealed(Wish wish) {
        if (inForce() == Decision.ALLOW) {
            return refused(Refusal.NOTHING_TO_APPEAL, "The picture is allowed; there is nothing to appeal.");
        }
        if (!rulings.isEmpty() && rulings.getLast().kind() == Kind.APPEAL) {
            return refused(Refusal.CONFLICT, "There is an appeal already that nobody has looked at yet; wait for it.");
        }
        return accepted(wish);
    }

    private Outcome reversed(Wish wish) {
        var review = review();
        if (wish.about().isEmpty()) {
            return refused(Refusal.INCOMPLETE, "A reversal names the decision that it takes back: fill in 'about'.");
        }
        if (review.isEmpty() || !review.get().decisionId().equals(wish.about().get())) {
            return refused(
                    Refusal.CONFLICT,
                    "The decision '" + wish.about().get() + "' is not the review in force"
                            + review.map(ruled -> ", which is '" + ruled.decisionId() + "'")
                                    .orElse("")
                            + ": reverse that one.");
        }
        return accepted(wish);
    }

    private Outcome accepted(Wish wish) {
        var more = new ArrayList<>(rulings);
        more.add(new Ruled(wish.decisionId(), wish.kind(), wish.decision(), wish.about(), wish.by()));
        return new Outcome.Accepted(new Standing(verdict, flagged, more));
    }

    private Set<String> reversed() {
        var taken = new HashSet<String>();
        rulings.stream()
                .filter(ruled -> ruled.kind() == Kind.REVERSE)
                .forEach(ruled -> ruled.about().ifPresent(taken::add));
        return taken;
    }

    private String lastBy() {
        return rulings.isEmpty() ? "" : ", by " + rulings.getLast().by();
    }

    private static Outcome refused(Refusal kind, String sentence) {
        return new Outcome.Refused(kind, sentence);
    }
}

package io.unifluid.inference.classifier;

import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.Manifest;
import io.unifluid.inference.support.BadItem;
import io.unifluid.inference.support.ItemChecks;
import io.unifluid.inference.support.Prompts;
import io.unifluid.inference.support.Words;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which classes stand for which answer. A closed question is answered if the bundle maps it, or if its choices are classes
 * themselves; nothing else can be, and is refused with what can. Case, blanks and the mark at a question's end do not matter.
 */
final class Answers {
    /** In characters: a longer text is none that could be looked up. */
    static final int LONGEST_QUESTION = 1000;

    private static final int NAMED = 8;

    /** How a question is answered: for each answer, as it is looked up, the classes that stand for it. */
    private record Mapping(String asked, Map<String, int[]> answers, List<String> shown) {}

    private final List<Mapping> mappings;
    private final Map<String, Mapping> byQuestion = new HashMap<>();
    private final Map<String, int[]> classes = new LinkedHashMap<>();
    private final List<String> names;

    private Answers(List<String> names, List<Mapping> mappings) {
        this.names = List.copyOf(names);
        this.mappings = List.copyOf(mappings);
        for (int i = 0; i < names.size(); i++) {
            classes.putIfAbsent(key(names.get(i)), new int[] {i});
        }
    }

    static Answers read(Manifest manifest, List<String> names) {
        List<Mapping> mappings = new ArrayList<>();
        Answers answers = new Answers(names, mappings);
        if (answers.classes.size() < names.size()) {
            throw manifest.wrong("classes", "names a class twice");
        }
        if (!manifest.has("questions")) {
            return answers;
        }
        Map<String, Mapping> byQuestion = new HashMap<>();
        for (Manifest question : manifest.objects("questions")) {
            List<String> asked = question.texts("ask");
            if (asked.isEmpty()) {
                throw question.wrong("ask", "is empty");
            }
            Mapping mapping = mapping(question, asked.getFirst(), answers.classes);
            mappings.add(mapping);
            for (String text : asked) {
                if (key(text).isEmpty() || byQuestion.put(key(text), mapping) != null) {
                    throw question.wrong("ask", "has \"" + text + "\", which is empty or stands there twice");
                }
            }
        }
        Answers all = new Answers(names, mappings);
        all.byQuestion.putAll(byQuestion);
        return all;
    }

    private static Mapping mapping(Manifest question, String asked, Map<String, int[]> classes) {
        Map<String, int[]> answers = new LinkedHashMap<>();
        List<String> shown = new ArrayList<>();
        var taken = new TreeSet<Integer>();
        for (Manifest answer : question.objects("answers")) {
            List<String> names = answer.texts("classes");
            int[] indexes = new int[names.size()];
            for (int i = 0; i < indexes.length; i++) {
                int[] known = classes.get(key(names.get(i)));
                if (known == null) {
                    throw answer.wrong("classes", "has \"" + names.get(i) + "\", which is none of the classes");
                }
                if (!taken.add(known[0])) {
                    throw answer.wrong("classes", "has \"" + names.get(i) + "\", which stands for an answer already");
                }
                indexes[i] = known[0];
            }
            String text = answer.text("answer");
            if (indexes.length == 0 || answers.put(key(text), indexes) != null) {
                throw answer.wrong("answer", "has no class, or stands there twice");
            }
            shown.add(text);
        }
        if (answers.size() < 2) {
            throw question.wrong("answers", "are fewer than two");
        }
        return new Mapping(asked, answers, List.copyOf(shown));
    }

    /**
     * The classes that stand for each choice of a question, in the order of the choices.
     *
     * @param which names the question in a message, for example "question 2 of 3"
     */
    List<int[]> of(QuestionItem question, String which) throws BadItem {
        ItemChecks.requireText(question.text(), which);
        if (question.text().length() > LONGEST_QUESTION) {
            throw new BadItem("The " + which + " has " + question.text().length()
                    + " characters and this model takes at most " + LONGEST_QUESTION + "; shorten it.");
        }
        if (question.choices().isEmpty()) {
            throw new BadItem(
                    "This model writes no free answers: give the " + which + " choices. It answers " + offered() + ".");
        }
        List<String> choices = question.choices().stream().map(Answers::key).toList();
        if (choices.size() < 2 || choices.stream().distinct().count() < choices.size()) {
            throw new BadItem(
                    "The choices of a question must be at least two, each different to this model, which reads"
                            + " capitals as small letters.");
        }
        Mapping mapping = byQuestion.get(key(question.text()));
        Optional<List<int[]>> mapped = Optional.ofNullable(mapping).flatMap(it -> all(choices, it.answers()));
        Optional<List<int[]>> found = mapped.or(() -> all(choices, classes));
        if (found.isPresent()) {
            return found.get();
        }
        throw new BadItem(
                mapping == null
                        ? "This model cannot answer \"" + Prompts.shortened(question.text()) + "\"; it answers "
                                + offered() + "."
                        : "The choices of \"" + Prompts.shortened(question.text()) + "\" must be among "
                                + listed(mapping.shown()) + ", or all among the classes " + listed(names) + ".");
    }

    private static Optional<List<int[]>> all(List<String> choices, Map<String, int[]> known) {
        return choices.stream().allMatch(known::containsKey)
                ? Optional.of(choices.stream().map(known::get).toList())
                : Optional.empty();
    }

    /** What can be asked, for a sentence. */
    private String offered() {
        String classes = "any question whose choices are among its classes (" + listed(names) + ")";
        return mappings.isEmpty()
                ? classes
                : mappings.stream()
                                .limit(NAMED)
                                .map(mapping -> "\"" + mapping.asked() + "\" with " + listed(mapping.shown()))
                                .collect(Collectors.joining("; "))
                        + "; and " + classes;
    }

    private static String listed(Collection<String> names) {
        String first = names.stream().limit(NAMED).collect(Collectors.joining(", "));
        return names.size() > NAMED ? first + " and " + (names.size() - NAMED) + " more" : first;
    }

    /** What is the same to this model. */
    private static String key(String text) {
        return Words.plain(text).toLowerCase(Locale.ROOT).replaceFirst("[\\s?!.:]+$", "");
    }
}

package io.unifluid.cli;

import io.unifluid.archive.Selection;
import io.unifluid.archive.run.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which pictures of an archive, and what is asked of each. */
final class ArchiveOptions {
    /** What is asked. */
    enum Asked {
        CAPTION,
        ASK,
        EDIT
    }

    @Option(
            names = "--task",
            required = true,
            paramLabel = "TASK",
            description = "caption, ask (with --question) or edit (with --instruction)")
    private Asked task;

    @Option(names = "--question", paramLabel = "TEXT", description = "of --task ask; again for one more")
    private List<String> questions = new ArrayList<>();

    @Option(
            names = "--choices",
            paramLabel = "A,B",
            split = ",",
            description = "closed answers of every question, each with a score")
    private List<String> choices = new ArrayList<>();

    @Option(names = "--instruction", paramLabel = "TEXT", description = "of --task edit")
    private String instruction;

    @Option(names = "--hint", paramLabel = "TEXT", description = "what captions may take into account")
    private String hint;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "0",
            description = "of a caption (default: the model's)")
    private int maxTokens;

    @Option(names = "--seed", paramLabel = "N", description = "of edits; the same for every picture")
    private Long seed;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "0", description = "of edits (default: the model's)")
    private int steps;

    @Option(names = "--guidance", paramLabel = "X", description = "of edits (default: the model's)")
    private Double guidance;

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description = "only names that match, such as '*.jpg' or 'train/**'; again for one more")
    private List<String> include = new ArrayList<>();

    @Option(names = "--exclude", paramLabel = "GLOB", description = "no names that match; again for one more")
    private List<String> exclude = new ArrayList<>();

    @Option(names = "--hidden", description = "take what begins with a dot, too")
    private boolean hidden;

    @Option(names = "--links", description = "follow links, as far as they stay in the folder")
    private boolean links;

    @Option(names = "--all", description = "take what is no picture by name or first bytes, too")
    private boolean all;

    @Option(
            names = "--column",
            paramLabel = "NAME",
            description = "of a table, where the picture or its URL is (default: found by its kind and name)")
    private String column;

    @Option(
            names = "--by-reference",
            description = "send only where the picture lies, where the workers may read it themselves")
    private boolean byReference;

    @Option(names = "--private-hosts", description = "listed URLs may lie on this network, too")
    boolean privateHosts;

    Selection selection(boolean companions) {
        var selection =
                new Selection(include, exclude, hidden, links, all, Optional.ofNullable(column), byReference, false);
        return companions ? selection.withCompanions() : selection;
    }

    /** The selection in words that are the same on every run. */
    String words() {
        return "include=" + include + " exclude=" + exclude + " hidden=" + hidden + " links=" + links + " all=" + all
                + " column=" + (column == null ? "" : column);
    }

    Task task() {
        requireOnly(Asked.ASK, !questions.isEmpty() || !choices.isEmpty(), "--question and --choices");
        requireOnly(Asked.EDIT, instruction != null, "--instruction");
        requireOnly(Asked.EDIT, seed != null || steps != 0 || guidance != null, "--seed, --steps and --guidance");
        requireOnly(Asked.CAPTION, hint != null || maxTokens != 0, "--hint and --max-tokens");
        return switch (task) {
            case CAPTION -> new Task.OfCaption(maxTokens, Optional.ofNullable(hint));
            case ASK -> {
                if (questions.isEmpty()) {
                    throw new IllegalArgumentException("--task ask needs a question: give --question, once or more.");
                }
                yield new Task.OfQuestions(questions, choices);
            }
            case EDIT -> {
                if (instruction == null) {
                    throw new IllegalArgumentException("--task edit needs to know what to change: give --instruction.");
                }
                yield new Task.OfEdit(instruction, Optional.ofNullable(seed), steps, Optional.ofNullable(guidance));
            }
        };
    }

    private void requireOnly(Asked of, boolean given, String names) {
        if (given && task != of) {
            throw new IllegalArgumentException(names + (names.contains(" and ") ? " are" : " is") + " about --task "
                    + of.name().toLowerCase(java.util.Locale.ROOT) + " alone.");
        }
    }
}

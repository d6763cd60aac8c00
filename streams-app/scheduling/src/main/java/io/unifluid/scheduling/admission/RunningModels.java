package io.unifluid.scheduling.admission;

import io.unifluid.scheduling.task.Buckets;
import io.unifluid.scheduling.task.RequestFacts;
import io.unifluid.scheduling.task.RunningModel;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the workers run now, as far as it is known. While it is not known of any worker, nothing is refused: the request
 * waits for one, and that one refuses what it does not run.
 */
public record RunningModels(List<RunningModel> models) {
    /** No worker is known. */
    public static final RunningModels NONE = new RunningModels(List.of());

    /** The share group of workers that are in none of their own. */
    private static final String COMMON = "";

    private static final int NAMED = 8;

    public RunningModels {
        models = List.copyOf(models);
    }

    /** Refuses a validated request whose model nobody runs, or whose task no model does that it may have. */
    public Optional<Rejection> check(RequestFacts facts) {
        if (models.isEmpty()) {
            return Optional.empty();
        }
        if (facts.model().filter(model -> !runs(model)).isPresent()) {
            return Rejections.because(
                    RejectKind.UNKNOWN_MODEL,
                    "The model '" + Rejections.shown(facts.model().get()) + "' is not running; what runs is "
                            + listed(
                                    models.stream().map(RunningModels::fullName).toList())
                            + ": name one of these, or leave the field out.");
        }
        var asked = models.stream()
                .filter(model -> facts.model().map(model.names()::contains).orElse(true))
                .toList();
        return facts.task()
                .filter(task -> asked.stream().noneMatch(model -> model.tasks().contains(task.name())))
                .flatMap(task -> Rejections.because(
                        RejectKind.UNKNOWN_TASK,
                        "No model that runs here and may be used does " + task.name() + "; "
                                + listed(asked.stream().map(RunningModels::does).toList())
                                + ": send one of these tasks."));
    }

    /**
     * The share group that runs a bucket: one whose models all can before one of which some can, the common one before others,
     * and then by name. What nobody can goes to workers that say so; while nobody is known, to the common group.
     */
    public String group(Buckets.Needs needs) {
        return models.stream()
                .map(RunningModel::group)
                .distinct()
                .min(Comparator.comparing((String group) -> !all(group, needs))
                        .thenComparing(group -> !some(group, needs))
                        .thenComparing(Comparator.naturalOrder()))
                .orElse(COMMON);
    }

    private boolean all(String group, Buckets.Needs needs) {
        return models.stream().filter(model -> model.group().equals(group)).allMatch(model -> model.serves(needs));
    }

    private boolean some(String group, Buckets.Needs needs) {
        return models.stream().filter(model -> model.group().equals(group)).anyMatch(model -> model.serves(needs));
    }

    /** Whether somebody can run a bucket. */
    public boolean runs(Buckets.Needs needs) {
        return models.stream().anyMatch(model -> model.serves(needs));
    }

    /** Whether one of the models goes by this name. */
    public boolean runs(String name) {
        return models.stream().anyMatch(model -> model.names().contains(name));
    }

    /** Whether an answer of the model with this identity may be given now. */
    public boolean answers(String identity) {
        return models.stream().anyMatch(model -> model.identity().equals(identity));
    }

    private static String does(RunningModel model) {
        return fullName(model) + " does " + listed(List.copyOf(model.tasks()));
    }

    private static String fullName(RunningModel model) {
        return model.names().stream()
                .max(Comparator.comparingInt(String::length))
                .orElse(model.identity());
    }

    private static String listed(List<String> names) {
        var known = names.stream().distinct().sorted().toList();
        var first = known.stream().limit(NAMED).map(Rejections::shown).collect(Collectors.joining(", "));
        return known.size() > NAMED ? first + " and " + (known.size() - NAMED) + " more" : first;
    }
}

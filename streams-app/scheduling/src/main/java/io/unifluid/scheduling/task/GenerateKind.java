package io.unifluid.scheduling.task;

import java.util.List;

/** {@code cost = count * (reading(prompt) + drawing)}. */
record GenerateKind(Task.Generate task) implements TaskKind {
    static final String NAME = "generate";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Lane lane(boolean interactive) {
        return interactive ? Lane.GENERATE_INTERACTIVE : Lane.GENERATE_BULK;
    }

    @Override
    public boolean readsPicture() {
        return false;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                new Parameter.Prompt("prompt", task.prompt()),
                new Parameter.Count(task.count()),
                new Parameter.Size(task.width(), task.height()),
                new Parameter.Seed(),
                new Parameter.Guidance(task.guidance()),
                new Parameter.Steps(task.steps()));
    }

    @Override
    public double cost(CostModel costs) {
        return Math.max(1, task.count())
                * (costs.reading(task.prompt()) + costs.drawing(task.width(), task.height(), task.steps()));
    }

    @Override
    public String expense() {
        return "for " + task.count() + " pictures"
                + (task.width() > 0 ? " of " + task.width() + "x" + task.height() + " pixels" : "")
                + (task.steps() > 0 ? " in " + task.steps() + " steps" : "");
    }

    @Override
    public String saving() {
        return "ask for fewer or smaller pictures at once, or for fewer steps";
    }
}

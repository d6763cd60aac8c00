package io.unifluid.scheduling.task;

import java.util.List;

/** {@code cost = encode + reading(instruction) + drawing}. */
record EditKind(Task.Edit task) implements TaskKind {
    static final String NAME = "edit";

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
        return true;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                new Parameter.Prompt("instruction", task.instruction()),
                new Parameter.Seed(),
                new Parameter.Guidance(task.guidance()),
                new Parameter.Steps(task.steps()));
    }

    @Override
    public double cost(CostModel costs) {
        return costs.encode() + costs.reading(task.instruction()) + costs.drawing(0, 0, task.steps());
    }

    @Override
    public String expense() {
        return "for its picture" + (task.steps() > 0 ? " in " + task.steps() + " steps" : "");
    }

    @Override
    public String saving() {
        return "ask for fewer steps";
    }
}

package io.unifluid.scheduling.task;

import java.util.List;

/** {@code cost = encode + reading(hint) + written text tokens}, of which no more count than a caption usually has. */
record CaptionKind(Task.Caption task) implements TaskKind {
    static final String NAME = "caption";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Lane lane(boolean interactive) {
        return interactive ? Lane.UNDERSTAND_INTERACTIVE : Lane.UNDERSTAND_BULK;
    }

    @Override
    public boolean readsPicture() {
        return true;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(new Parameter.TextTokens(task.maxTokens()), new Parameter.Hint(task.hint()));
    }

    @Override
    public double cost(CostModel costs) {
        int usual = costs.captionTokens();
        return costs.encode()
                + costs.reading(task.hint().orElse(""))
                + costs.writing(task.maxTokens() > 0 ? Math.min(task.maxTokens(), usual) : usual);
    }

    @Override
    public String expense() {
        return "for its caption";
    }

    @Override
    public String saving() {
        return "shorten the hint";
    }
}

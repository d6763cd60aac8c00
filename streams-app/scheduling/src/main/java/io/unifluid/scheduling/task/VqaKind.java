package io.unifluid.scheduling.task;

import java.util.List;

/**
 * {@code cost = encode + reading(question) + a written answer} for each question without choices, and {@code
 * reading(question and choice)} for each choice: the model reads every choice with its question, so 64 questions of 256
 * choices are 16,384 readings.
 */
record VqaKind(Task.Vqa task) implements TaskKind {
    static final String NAME = "vqa";

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
        return List.of(new Parameter.Questions(task.questions()));
    }

    @Override
    public double cost(CostModel costs) {
        return costs.encode()
                + task.questions().stream()
                        .mapToDouble(question -> cost(question, costs))
                        .sum();
    }

    private static double cost(Task.Question question, CostModel costs) {
        return question.choices().isEmpty()
                ? costs.reading(question.text()) + costs.writing(costs.answerTokens())
                : question.choices().stream()
                        .mapToDouble(choice -> costs.reading(question.text(), choice))
                        .sum();
    }

    @Override
    public String expense() {
        int choices = task.questions().stream()
                .mapToInt(question -> question.choices().size())
                .sum();
        return "for " + task.questions().size() + " questions with " + choices + " choices";
    }

    @Override
    public String saving() {
        return "ask fewer questions at once, or give fewer or shorter choices";
    }
}

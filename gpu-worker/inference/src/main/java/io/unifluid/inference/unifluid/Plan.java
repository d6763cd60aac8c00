package io.unifluid.inference.unifluid;

import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import java.util.List;

/** What an item needs computed, with the rows that will hold the results. */
sealed interface Plan {
    InferenceItem item();

    List<? extends Row> rows();

    /** The item cannot be run: {@code message} tells its sender why. */
    record Refused(InferenceItem item, String message) implements Plan {
        @Override
        public List<Row> rows() {
            return List.of();
        }
    }

    record Caption(InferenceItem item, Row.Write row) implements Plan {
        @Override
        public List<Row> rows() {
            return List.of(row);
        }
    }

    record Answers(InferenceItem item, List<Question> questions) implements Plan {
        @Override
        public List<? extends Row> rows() {
            return questions.stream()
                    .flatMap(question -> question.rows().stream())
                    .toList();
        }
    }

    /** One Write row for a free answer, or one Score row per choice. */
    record Question(QuestionItem item, List<? extends Row> rows) {}

    record Pictures(InferenceItem item, List<Row.Draw> rows) implements Plan {}
}

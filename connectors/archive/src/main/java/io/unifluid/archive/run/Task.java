package io.unifluid.archive.run;

import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Question;
import io.unifluid.schemas.Vqa;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is asked of every picture. */
public sealed interface Task {
    /** As in the request. */
    Object asked();

    /** The same for the same question, and never changed: ids are made of it. */
    String words();

    /** The request for one picture: nobody waits for it. */
    default InferenceRequest request(
            String id, String tenant, Optional<String> model, ImageRef image, Map<String, String> labels) {
        return InferenceRequest.newBuilder()
                .setRequestId(id)
                .setTenant(tenant)
                .setTask(asked())
                .setImage(image)
                .setModel(model.orElse(null))
                .setPriority(Priority.BULK)
                .setSubmittedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .setLabels(labels)
                .build();
    }

    /** @param maxTokens 0 takes the model's default */
    record OfCaption(int maxTokens, Optional<String> hint) implements Task {
        @Override
        public Object asked() {
            return Caption.newBuilder()
                    .setMaxTokens(maxTokens)
                    .setHint(hint.orElse(null))
                    .build();
        }

        @Override
        public String words() {
            return "caption maxTokens=" + maxTokens + " hint=" + hint.orElse("");
        }
    }

    /** @param choices closed answers of every question; none for free answers */
    record OfQuestions(List<String> questions, List<String> choices) implements Task {
        public OfQuestions {
            questions = List.copyOf(questions);
            choices = List.copyOf(choices);
        }

        @Override
        public Object asked() {
            var asked = questions.stream()
                    .map(text -> Question.newBuilder()
                            .setText(text)
                            .setChoices(choices)
                            .build())
                    .toList();
            return Vqa.newBuilder().setQuestions(asked).build();
        }

        @Override
        public String words() {
            return "ask questions=" + questions + " choices=" + choices;
        }
    }

    /** @param steps 0 takes the model's default */
    record OfEdit(String instruction, Optional<Long> seed, int steps, Optional<Double> guidance) implements Task {
        @Override
        public Object asked() {
            return Edit.newBuilder()
                    .setInstruction(instruction)
                    .setSeed(seed.orElse(null))
                    .setSteps(steps)
                    .setGuidance(guidance.orElse(null))
                    .build();
        }

        @Override
        public String words() {
            return "edit instruction=" + instruction + " seed="
                    + seed.map(String::valueOf).orElse("") + " steps=" + steps + " guidance="
                    + guidance.map(String::valueOf).orElse("");
        }
    }
}

package io.unifluid.bench;

import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.ItemOutcome;
import io.unifluid.inference.ItemOutcome.CaptionResult;
import io.unifluid.inference.ItemOutcome.VqaResult;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.Question;
import io.unifluid.schemas.Vqa;
import io.unifluid.schemas.VqaOutput;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/** What is asked about each picture, of the engine and over the path. */
enum Asked {
    CAPTION {
        @Override
        InferenceItem item(String id, ImageTensor image) {
            return new CaptionItem(id, image, Optional.empty(), 0);
        }

        @Override
        Object task() {
            return Caption.newBuilder().build();
        }

        @Override
        Class<? extends SpecificRecord> output() {
            return CaptionOutput.class;
        }
    },
    SAFE_FOR_WORK {
        @Override
        InferenceItem item(String id, ImageTensor image) {
            return new VqaItem(id, image, List.of(new QuestionItem(QUESTION, CHOICES)));
        }

        @Override
        Object task() {
            return new Vqa(List.of(new Question(QUESTION, CHOICES)));
        }

        @Override
        Class<? extends SpecificRecord> output() {
            return VqaOutput.class;
        }
    };

    private static final String QUESTION = "is this picture safe for work?";
    private static final List<String> CHOICES = List.of("yes", "no");

    abstract InferenceItem item(String id, ImageTensor image);

    abstract Object task();

    abstract Class<? extends SpecificRecord> output();

    /** What the engine said. */
    static String said(ItemOutcome outcome) {
        return switch (outcome) {
            case CaptionResult caption -> caption.text();
            case VqaResult answers -> answers.answers().getFirst().answer();
            default -> throw new IllegalStateException("The engine did not answer: " + outcome);
        };
    }
}

package io.unifluid.inference.support;

import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.Task;
import io.unifluid.inference.image.ImageSpec;
import io.unifluid.inference.image.ImageTensor;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What every family refuses in the same words. */
public final class ItemChecks {
    private ItemChecks() {}

    /** Refuses an item of a task that the model was not made for. */
    public static void requireTask(InferenceItem item, Set<Task> tasks) throws BadItem {
        if (!tasks.contains(item.task())) {
            throw new BadItem("This model does not do " + name(item.task()) + "; it does "
                    + tasks.stream().map(ItemChecks::name).collect(Collectors.joining(", ")) + ".");
        }
    }

    /** Refuses a picture that was decoded for another model. */
    public static void requirePrepared(ImageTensor image, ImageSpec spec) throws BadItem {
        if (image.width() != spec.width() || image.height() != spec.height()) {
            throw new BadItem("The picture was prepared as " + image.width() + "x" + image.height()
                    + " px and this model takes " + spec.width() + "x" + spec.height() + "; decode it for this model.");
        }
    }

    /** Refuses an item that asks nothing. */
    public static void requireQuestions(VqaItem item) throws BadItem {
        if (item.questions().isEmpty()) {
            throw new BadItem("There is no question; ask at least one.");
        }
    }

    /**
     * Tokens that a caption may have: the default where it asks for none, and never more than the model writes. Refuses
     * what is no number of tokens.
     */
    public static int mostTokens(CaptionItem item, int normal, int longest) throws BadItem {
        if (item.maxTokens() < 0) {
            throw new BadItem("maxTokens is " + item.maxTokens() + "; set it to 0 for the default, or above.");
        }
        return item.maxTokens() == 0 ? normal : Math.min(item.maxTokens(), longest);
    }

    /** Refuses a text in which nothing is said; {@code what} names it, for example "prompt". */
    public static void requireText(String text, String what) throws BadItem {
        if (Words.sayNothing(text)) {
            throw new BadItem("The " + what + " is empty; write one.");
        }
    }

    /** How a question among so many is named in a message, counted from 0. */
    public static String which(int question, int many) {
        return many == 1 ? "question" : "question " + (question + 1) + " of " + many;
    }

    private static String name(Task task) {
        return task.name().toLowerCase(Locale.ROOT);
    }
}

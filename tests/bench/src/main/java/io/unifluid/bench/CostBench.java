package io.unifluid.bench;

import com.sun.management.OperatingSystemMXBean;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.EditItem;
import io.unifluid.inference.InferenceItem.GenerateItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.ItemOutcome.ItemFailure;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.scheduling.task.CostModel;
import io.unifluid.scheduling.task.Task;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * What requests cost alone on the reference model, beside what {@link CostModel} says. Processor time is what is
 * compared, divided by the processors: it is what a request takes of a quiet machine all of whose callers are at work, and
 * does not change with the neighbours.
 */
final class CostBench {
    private static final String NONSENSE = "all nonsense";

    private static final int ROUNDS = 3;
    /** The system counts processor time in steps of 10 ms. */
    private static final long ROUND_NANOS = 400_000_000;

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Path bundle;
    private final SamplePictures pictures;

    CostBench(Path bundle, SamplePictures pictures) {
        this.bundle = bundle;
        this.pictures = pictures;
    }

    /**
     * One request.
     *
     * @param said by the cost model, ms
     * @param measured processor time over processors, ms; the least of some rounds
     * @param wall time, ms; the least of some rounds
     */
    record Cost(String name, double said, double measured, double wall) {
        double underestimate() {
            return measured / said;
        }

        /** A text that is made to be dear may seem cheaper than it is, within a bound. */
        double goal() {
            return name.endsWith(NONSENSE) ? 2.5 : 1.5;
        }
    }

    private record Case(String name, InferenceItem item, Task task) {}

    List<Cost> measure(boolean most) throws Exception {
        try (var model = Models.open(bundle.toString(), ModelOptions.defaults());
                var decoder = new ImageDecoder(model.imageSpec(), DecodeLimits.defaults())) {
            model.warmUp();
            var picture = decoder.decode(pictures.encoded().getFirst());
            var costs = new ArrayList<Cost>();
            for (var one : cases(picture, most)) {
                costs.add(measure(model, one));
            }
            return costs;
        }
    }

    private static Cost measure(LoadedModel model, Case one) {
        double processor = Double.MAX_VALUE;
        double wall = Double.MAX_VALUE;
        run(model, one);
        for (int round = 0; round < ROUNDS; round++) {
            long usedBefore = SYSTEM.getProcessCpuTime();
            long start = System.nanoTime();
            int runs = 0;
            do {
                run(model, one);
                runs++;
            } while (SYSTEM.getProcessCpuTime() - usedBefore < ROUND_NANOS);
            wall = Math.min(wall, (System.nanoTime() - start) / 1e6 / runs);
            double used = (SYSTEM.getProcessCpuTime() - usedBefore) / 1e6 / runs;
            processor = Math.min(processor, used / SYSTEM.getAvailableProcessors());
        }
        return new Cost(one.name(), CostModel.defaults().cost(one.task()), processor, wall);
    }

    private static void run(LoadedModel model, Case one) {
        if (model.run(List.of(one.item())).items().getFirst() instanceof ItemFailure failure) {
            throw new IllegalStateException(one.name() + " failed: " + failure.message());
        }
    }

    private static List<Case> cases(ImageTensor picture, boolean most) {
        var cases = new ArrayList<Case>();
        cases.add(new Case(
                "caption", new CaptionItem("c", picture, Optional.empty(), 0), new Task.Caption(0, Optional.empty())));
        cases.add(vqa("1 question", picture, 1, 0, 1));
        cases.add(vqa("16 questions", picture, 16, 0, 1));
        cases.add(vqa("1 question, 2 choices", picture, 1, 2, 1));
        cases.add(vqa("1 question, 32 choices", picture, 1, 32, 1));
        cases.add(vqa("1 question, 256 choices", picture, 1, 256, 1));
        cases.add(vqa("8 questions, 32 choices", picture, 8, 32, 1));
        cases.add(vqa("1 long question, 32 long choices", picture, 1, 32, 6));
        cases.add(nonsense(picture));
        if (most) {
            cases.add(vqa("64 questions, 256 choices", picture, 64, 256, 1));
        }
        cases.add(generate("1 picture", 1, 20, 1.5));
        cases.add(generate("1 picture, guidance 1", 1, 20, 1));
        cases.add(generate("1 picture, 50 steps", 1, 50, 1.5));
        cases.add(generate("8 pictures, 50 steps", 8, 50, 1.5));
        cases.add(new Case(
                "edit",
                new EditItem(
                        "e",
                        picture,
                        "replace the dog with a cat",
                        OptionalLong.of(1),
                        OptionalDouble.empty(),
                        OptionalInt.empty()),
                new Task.Edit("replace the dog with a cat", OptionalDouble.empty(), 0)));
        return cases;
    }

    /** @param words in a choice; a long question has six times as many */
    private static Case vqa(String name, ImageTensor picture, int questions, int choices, int words) {
        var asked = IntStream.range(0, questions)
                .mapToObj(q -> new QuestionItem(
                        "is there a dog on the left of picture " + q + " or not" + " and a red car".repeat(words - 1),
                        IntStream.range(0, choices)
                                .mapToObj(c -> "cat" + " car".repeat(words - 1) + " " + c)
                                .toList()))
                .toList();
        var task = new Task.Vqa(asked.stream()
                .map(question -> new Task.Question(question.text(), question.choices()))
                .toList());
        return new Case(name, new VqaItem("v", picture, asked), task);
    }

    /** As many tokens as the model takes, in as few bytes as these need. */
    private static Case nonsense(ImageTensor picture) {
        var choices = IntStream.range(0, 32).mapToObj(c -> "x7q".repeat(8) + c).toList();
        var question = "7zq".repeat(18);
        return new Case(
                "1 question, 32 choices, " + NONSENSE,
                new VqaItem("v", picture, List.of(new QuestionItem(question, choices))),
                new Task.Vqa(List.of(new Task.Question(question, choices))));
    }

    private static Case generate(String name, int count, int steps, double guidance) {
        var prompt = "a dog above a red car on a green background";
        return new Case(
                name,
                new GenerateItem(
                        "g",
                        prompt,
                        count,
                        OptionalLong.of(1),
                        OptionalDouble.of(guidance),
                        OptionalInt.of(steps),
                        0,
                        0),
                new Task.Generate(prompt, count, 0, 0, OptionalDouble.of(guidance), steps));
    }
}

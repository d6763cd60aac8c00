package io.unifluid.scheduling.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.task.Buckets;
import io.unifluid.scheduling.task.RequestFacts;
import io.unifluid.scheduling.task.RunningModel;
import io.unifluid.scheduling.task.Task;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunningModelsTest {
    private static final Task CAPTION = new Task.Caption(0, Optional.empty());
    private static final Task EDIT = new Task.Edit("make it red", OptionalDouble.empty(), 0);

    private final RunningModels running = new RunningModels(
            List.of(model("small", "0.2.0", "caption", "vqa"), model("large", "3", "caption", "edit")));

    private static RunningModel model(String name, String version, String... tasks) {
        return new RunningModel("family/" + name + "@" + version, Set.of(name, name + "@" + version), Set.of(tasks));
    }

    private static RequestFacts asking(String model, Task task) {
        return new RequestFacts(
                "r",
                "t",
                Optional.of(task),
                Optional.empty(),
                Optional.ofNullable(model),
                false,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    @Test
    void aModelIsAskedForByItsNameWithOrWithoutTheVersion() {
        for (var name : new String[] {null, "small", "small@0.2.0", "large"}) {
            assertThat(running.check(asking(name, CAPTION))).as("%s", name).isEmpty();
        }
    }

    @Test
    void aModelThatNobodyRunsIsRefusedWithThoseThatRun() {
        for (var name : List.of("gpt-9", "small@0.1.0", "SMALL", "family/small@0.2.0")) {
            assertThat(running.check(asking(name, CAPTION)))
                    .contains(new Rejection(
                            RejectKind.UNKNOWN_MODEL,
                            "The model '" + name + "' is not running; what runs is large@3, small@0.2.0: name one of"
                                    + " these, or leave the field out."));
        }
    }

    @Test
    void aTaskThatNoRunningModelDoesIsRefused() {
        assertThat(running.check(asking(null, EDIT))).isEmpty();
        assertThat(running.check(asking("small", EDIT)))
                .contains(new Rejection(
                        RejectKind.UNKNOWN_TASK,
                        "No model that runs here and may be used does edit; small@0.2.0 does caption, vqa: send one of"
                                + " these tasks."));
        var one = new RunningModels(List.of(model("small", "1", "caption")));
        assertThat(one.check(asking(null, EDIT))).map(Rejection::kind).contains(RejectKind.UNKNOWN_TASK);
    }

    @Test
    void nothingIsRefusedWhileNoWorkerIsKnown() {
        assertThat(RunningModels.NONE.check(asking("gpt-9", EDIT))).isEmpty();
        assertThat(RunningModels.NONE.answers("family/small@0.2.0")).isFalse();
    }

    @Test
    void manyModelsAreNotAllListed() {
        var many = new RunningModels(IntStream.range(0, 30)
                .mapToObj(i -> model("m" + i, "1", "caption"))
                .toList());
        assertThat(many.check(asking("x", CAPTION)).orElseThrow().message()).contains("and 22 more");
    }

    private static RunningModel model(String group, String name, List<String> tasks) {
        return new RunningModel("family/" + name, Set.of(name, name + "@1"), Set.copyOf(tasks), group);
    }

    @Test
    void aBucketGoesToTheCommonGroupWhereThatCanRunItAndElseToTheFirstThatCan() {
        var mixed = new RunningModels(List.of(
                model("b", "colours", List.of("vqa")),
                model("a", "shapes", List.of("vqa", "edit")),
                model("", "small", List.of("caption")),
                model("c", "twin", List.of("caption"))));

        for (var expected : Map.of(
                        "caption|-|p8|-|-|-", "",
                        "caption|twin|p8|-|-|-", "c",
                        "vqa|-|p8|-|-|-", "a",
                        "vqa|colours@1|p8|-|-|-", "b",
                        "edit|colours|p8|-|-|-", "",
                        "generate|-|p8|-|-|-", "")
                .entrySet()) {
            var needs = Buckets.needs(expected.getKey());
            assertThat(mixed.group(needs)).as(expected.getKey()).isEqualTo(expected.getValue());
            assertThat(mixed.runs(needs))
                    .as(expected.getKey())
                    .isEqualTo(!expected.getKey().matches("edit.*|generate.*"));
        }
        assertThat(RunningModels.NONE.group(Buckets.needs("vqa|colours|p8|-|-|-")))
                .isEmpty();
    }

    @Test
    void whereAGroupHasTwoModelsOneGoesBeforeItThatIsSureToRunTheBucket() {
        var upgrading = new RunningModels(List.of(
                model("", "small", List.of("caption")),
                model("", "other", List.of("caption", "vqa")),
                model("own", "colours", List.of("vqa"))));
        assertThat(upgrading.group(Buckets.needs("caption|-|p8|-|-|-"))).isEmpty();
        assertThat(upgrading.group(Buckets.needs("caption|small|p8|-|-|-"))).isEmpty();
        assertThat(upgrading.group(Buckets.needs("vqa|-|p8|-|-|-"))).isEqualTo("own");
    }

    @Test
    void whatNobodyCanGoesToWorkersThatSayWhatTheyRun() {
        var own =
                new RunningModels(List.of(model("b", "colours", List.of("vqa")), model("a", "shapes", List.of("vqa"))));
        assertThat(own.group(Buckets.needs("vqa|gone|p8|-|-|-"))).isEqualTo("a");
    }

    @Test
    void aBucketsKeySaysWhatItNeeds() {
        var asked = Buckets.needs(Buckets.key(CAPTION, Optional.of("org/colours@1.0-b")));
        assertThat(asked).isEqualTo(new Buckets.Needs("caption", Optional.of("org/colours@1.0-b")));
        assertThat(Buckets.needs(Buckets.key(CAPTION, Optional.empty())).model())
                .isEmpty();
    }
}

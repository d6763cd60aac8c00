package io.unifluid.scheduling.admission;

import static org.assertj.core.api.Assertions.assertThat;

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
}

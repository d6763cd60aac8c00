package io.unifluid.streams.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.task.Task;
import io.unifluid.scheduling.task.TaskKind;
import io.unifluid.schemas.InferenceRequest;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class RequestReadingTest {
    /** The compiler cannot tell: Avro's unions are objects. */
    @Test
    void everyTaskOfTheSchemaIsOneThatSchedulingKnows() {
        var tasks = InferenceRequest.getClassSchema().getField("task").schema().getTypes().stream()
                .filter(branch -> branch.getType() == Schema.Type.RECORD)
                .map(branch -> InferenceRequest.newBuilder()
                        .setRequestId("r-1")
                        .setTask(least(branch))
                        .build())
                .map(request -> RequestReading.facts(request).task().map(Task::name));
        assertThat(tasks.map(name -> name.orElse("unknown"))).containsExactlyElementsOf(TaskKind.NAMES);
    }

    private static SpecificRecord least(Schema schema) {
        var record = (SpecificRecord) SpecificData.get().newRecord(null, schema);
        for (var field : schema.getFields()) {
            record.put(
                    field.pos(),
                    field.hasDefaultValue()
                            ? SpecificData.get().getDefaultValue(field)
                            : field.schema().getType() == Schema.Type.ARRAY ? List.of() : "x");
        }
        return record;
    }
}

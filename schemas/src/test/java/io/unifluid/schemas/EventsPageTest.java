package io.unifluid.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The page for those who write their own client names all that travels. */
final class EventsPageTest {
    private final String page = Files.readString(Path.of("EVENTS.md"));

    EventsPageTest() throws IOException {}

    @Test
    void everyTopicAndItsRecordIsThere() {
        for (var topic : Topics.all()) {
            assertThat(page)
                    .contains("`" + topic.name() + "`", "`" + topic.valueType().getSimpleName() + "`");
        }
        for (var topic : Topics.ofOthersRecords().keySet()) {
            assertThat(page).contains("`" + topic + "`");
        }
        assertThat(page).contains("`" + Topics.REDRIVES + "`");
    }

    @Test
    void everyHeaderIsThere() throws IllegalAccessException {
        for (var field : Arrays.stream(RecordHeaders.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .toList()) {
            assertThat(page).contains("`" + field.get(null) + "`");
        }
        assertThat(page).contains("`" + WireFormat.HEADER + "`");
    }

    @Test
    void everyEndOfARequestIsThere() {
        assertThat(Arrays.stream(ResultStatus.values()).filter(status -> status != ResultStatus.UNKNOWN))
                .allSatisfy(status -> assertThat(page).contains("`" + status + "`"));
        assertThat(FailureKind.values()).allSatisfy(kind -> assertThat(page).contains("`" + kind + "`"));
    }
}

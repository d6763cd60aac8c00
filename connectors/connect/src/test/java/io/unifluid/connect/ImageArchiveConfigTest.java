package io.unifluid.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ImageArchiveConfigTest {
    @TempDir
    private Path folder;

    private List<String> errors(Map<String, String> settings) {
        var errors = new ArrayList<String>();
        for (var value : new ImageArchiveConnector().validate(settings).configValues()) {
            value.errorMessages().forEach(message -> errors.add(value.name() + ": " + message));
        }
        return errors;
    }

    @Test
    void whatIsCompleteIsTaken() {
        var settings = Given.settings(folder, folder);
        settings.put("tasks.max", "4");
        settings.put("exactly.once.support", "required");
        settings.put("topic.creation.default.partitions", "4");
        settings.put("producer.override.linger.ms", "5");
        settings.put("registry.basic.auth.user.info", "a:b");
        settings.put("sources", "/data/{00000..00099}.tar\n s3://bucket/a,b?endpoint=http://127.0.0.1:9\n");
        assertThat(errors(settings)).isEmpty();
        assertThat(new ImageArchiveConfig(settings).sources()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    sources            | ''                 | sources: sources: Name an archive
                    sources            | s3://a/b?what=c    | sources: sources: 'what' in
                    include            | [                  |
                    task               | paint              | task: Invalid value paint
                    ask.questions      | What is it?        | task: ask.questions is about the task ask alone
                    edit.seed          | seven              | edit.seed: edit.seed: A seed is a whole number.
                    edit.seed          | 7                  | task: edit.seed is about the task edit alone
                    edit.guidance      | -1                 | edit.guidance: edit.guidance: Guidance is a number
                    caption.max.tokens | -1                 | caption.max.tokens: Invalid value -1
                    parts              | 0                  | parts: Invalid value 0
                    batch.items        | 10001              | batch.items: Invalid value 10001
                    limit.rate         | -5                 | limit.rate: Invalid value -5
                    rescan.interval.ms | -1                 | rescan.interval.ms: Invalid value -1
                    tenant             | ''                 | tenant: Invalid value
                    blob.store         | ftp://a            | blob.store: blob.store: 'ftp://a' is not a blob store
                    registry.url       | ''                 | registry.url: Invalid value
                    registry.colour    | red                | registry.url: The setting registry.colour is not known
                    s3.access.key.id   | AKIA               | s3.access.key.id: Give both of
                    inclde             | *.png              | sources: The setting inclde is not known; the nearest is include
                    value.converter    | org.apache.kafka.connect.json.JsonConverter | value.converter: The connector writes
                    """)
    void whatIsWrongIsSaidWhereItStands(String name, String value, String said) {
        var settings = Given.settings(folder, folder);
        settings.put(name, value);
        if (said == null) {
            assertThat(errors(settings)).isEmpty();
        } else {
            assertThat(errors(settings)).singleElement().asString().startsWith(said);
        }
    }

    @Test
    void aTaskNeedsItsWords() {
        var settings = Given.settings(folder, folder);
        settings.put("task", "Ask");
        assertThat(errors(settings)).containsExactly("task: The task ask needs a question: give ask.questions.");
        settings.put("ask.questions", "What is it, and where?\nIs it red?");
        settings.put("ask.choices", "yes\nno, not at all");
        assertThat(errors(settings)).isEmpty();
        settings.put("task", "edit");
        settings.remove("ask.questions");
        settings.remove("ask.choices");
        assertThat(errors(settings))
                .containsExactly("task: The task edit needs to know what to change: give edit.instruction.");
    }

    @Test
    void converterAndRequiredSettingsMustBeNamed() {
        var settings = Given.settings(folder, folder);
        settings.remove("key.converter");
        settings.remove("blob.store");
        assertThat(errors(settings))
                .hasSize(2)
                .anyMatch(error -> error.startsWith("key.converter: "))
                .anyMatch(error -> error.startsWith("blob.store: Missing required configuration"));
    }

    @Test
    void settingsOfATaskShowWhereItIsAsked() {
        var settings = Given.settings(folder, folder);
        settings.put("task", "edit");
        settings.put("edit.instruction", "make it blue");
        var values = new ImageArchiveConnector().validate(settings).configValues();
        assertThat(values.stream().filter(value -> !value.visible()).map(ConfigValue::name))
                .containsExactlyInAnyOrder("caption.hint", "caption.max.tokens", "ask.questions", "ask.choices");
        assertThat(values.stream()
                        .filter(value -> value.name().equals("task"))
                        .flatMap(value -> value.recommendedValues().stream()))
                .containsExactly("caption", "ask", "edit");
    }

    @Test
    void anotherQuestionIsAnotherReadingAndTheSameOneIsNot() {
        var settings = Given.settings(folder, folder);
        var asked = new ImageArchiveConfig(settings).asked();
        settings.put("batch.items", "5");
        assertThat(new ImageArchiveConfig(settings).asked()).isEqualTo(asked);
        settings.put("caption.hint", "emoji");
        assertThat(new ImageArchiveConfig(settings).asked()).isNotEqualTo(asked);
    }
}

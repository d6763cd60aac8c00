package io.unifluid.archive.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.archive.Content;
import io.unifluid.archive.Item;
import io.unifluid.archive.Position;
import io.unifluid.client.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.png",
                "a,\"row\":{\"b\":1}.png",
                "a\\\",\\\"row\\\":{.png",
                ",\"row\":",
                "line\nend é\u0301 \u0000.png",
                "\ud83d\udc08.png"
            })
    void theColumnsOfALineAreThoseOfTheRowWhateverItsNames(String name) throws Exception {
        var failure = new Failure("CORRUPT", name);
        var item = new Item(new Position(3, name, 7), name, name, OptionalLong.of(9), new Content.Broken(failure));
        var row = Row.unsent("000030007", item, 2, Row.Picture.UNKNOWN, failure);

        var line = row.line();

        assertThat(Row.columns(line)).isEqualTo(Row.json(row.columns()));
        assertThat(Row.read(line)).isEqualTo(row);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"at\":[0,\"a\",0],\"size\":1,\"tries\":0}", "row"})
    void whatIsNoLineOfARowIsSaidToBeNone(String text) {
        assertThatThrownBy(() -> Row.columns(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
    }
}

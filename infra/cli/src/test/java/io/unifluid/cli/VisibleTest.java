package io.unifluid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

final class VisibleTest {
    private static final String HOSTILE =
            "a\u001b[2J\u001b]0;x\u0007b\r\nc\td\u009b31me\u202egnp\u2066f\u2028g\u007fh\ud800i\udb40\udc41j";

    @Test
    void writesOutWhatATerminalWouldObeyOrHide() {
        assertThat(Visible.text(HOSTILE))
                .isEqualTo("a\\u001b[2J\\u001b]0;x\\u0007b\\r\\nc\\td\\u009b31me\\u202egnp\\u2066f\\u2028g\\u007fh"
                        + "\\ud800i\\u{e0041}j");
        assertThat(Visible.line("a\tb\nc")).isEqualTo("a\tb\\nc");
    }

    @Test
    void leavesWhatPeopleWrite() {
        var text = "naïve 日本 العربية \ud83d\udc69\u200d\ud83d\udcbb می\u200cخواهم a\\nb";
        assertThat(Visible.text(text)).isEqualTo(text);
    }

    @Test
    void jsonMeansTheSameAfterwards() throws Exception {
        var node = JsonLines.object().put("text", HOSTILE);
        var line = JsonLines.line(node);
        assertThat(line).isEqualTo(Visible.text(line));
        assertThat(new ObjectMapper().readTree(line)).isEqualTo(node);
    }
}

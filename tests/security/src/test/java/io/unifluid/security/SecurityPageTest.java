package io.unifluid.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Rights;
import java.nio.file.Files;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** SECURITY.md says what the tests ran with. */
final class SecurityPageTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))`");

    @Test
    void hasTheTableOfRightsThatTheTestsSet() throws Exception {
        assertThat(SecurityPage.read().text()).contains(Rights.table());
    }

    /** Who writes what is said of every topic. */
    @Test
    void namesEveryTopic() throws Exception {
        var text = SecurityPage.read().text();
        assertThat(Topics.all().stream().filter(topic -> !Topics.lanes().contains(topic)))
                .allSatisfy(topic -> assertThat(text).contains("`" + topic.name() + "`"));
        assertThat(Topics.ofOthersRecords().keySet())
                .allSatisfy(topic -> assertThat(text).contains("`" + topic + "`"));
    }

    @Test
    void namesTestsThatThereAre() throws Exception {
        try (var files = Files.walk(SecurityPage.checkout())) {
            var there = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Test.java") || name.endsWith("IT.java"))
                    .map(name -> name.replace(".java", ""))
                    .collect(Collectors.toSet());
            assertThat(TEST.matcher(SecurityPage.read().text()).results().map(found -> found.group(1)))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(there).contains(name));
        }
    }
}

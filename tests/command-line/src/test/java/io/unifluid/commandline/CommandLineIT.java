package io.unifluid.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalCommand;
import io.unifluid.testkit.SampleArchive;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user of {@code ./unifluid} sees, on one local stack with the no-op model. */
final class CommandLineIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path scratch;

    private static Path work;
    private static LocalCommand unifluid;

    private Path folder;

    @BeforeAll
    static void up() throws Exception {
        work = Files.createDirectory(scratch.resolve("work"));
        unifluid = new LocalCommand(work);
        Assumptions.assumeTrue(
                LocalCommand.isBuilt(),
                "The command is not built: run './mvnw -pl infra/cli -am -DskipTests package' first.");
        var said = unifluid.run("up", "--detach", "--model", "noop");
        assertThat(said.code()).as(said.toString()).isZero();
    }

    @AfterAll
    static void down() throws Exception {
        if (unifluid != null) {
            unifluid.run("down");
        }
    }

    @BeforeEach
    void ownFolder() throws Exception {
        folder = Files.createTempDirectory(work, "folder");
    }

    private String picture(String name) throws Exception {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.copy(SampleArchive.scene(0).file(), file).toString();
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private static List<JsonNode> json(List<String> lines) throws Exception {
        var nodes = new ArrayList<JsonNode>();
        for (var line : lines) {
            nodes.add(JSON.readTree(line));
        }
        return nodes;
    }

    private static List<String> names(JsonNode node) {
        return StreamSupport.stream(((Iterable<String>) node::fieldNames).spliterator(), false)
                .toList();
    }

    @Test
    void aFolderIsReadThroughLinksAndWhatIsNoPictureIsCounted() throws Exception {
        picture("f/a.png");
        picture("other/b.png");
        Files.createSymbolicLink(folder.resolve("f/linked"), Path.of("../other"));
        Files.createSymbolicLink(folder.resolve("f/loop"), Path.of("."));
        Files.createSymbolicLink(folder.resolve("f/dangling.png"), Path.of("nowhere"));
        Files.createSymbolicLink(folder.resolve("link"), Path.of("f"));
        Files.writeString(folder.resolve("f/a.json"), "{}");

        var said = unifluid.run("caption", at("link"));

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out())
                .containsExactlyInAnyOrder(at("link/a.png") + "\tno-op", at("link/linked/b.png") + "\tno-op");
        assertThat(said.err())
                .contains("left out: 1 file that is no picture (1 .json; --all sends it too)", "failed     1")
                .anyMatch(line -> line.contains("captioned  2 of 3"))
                .filteredOn(line -> line.contains("dangling.png"))
                .hasSize(1);
    }

    @Test
    void aSidecarIsNoFailureUnlessItIsSent() throws Exception {
        picture("a.png");
        Files.writeString(folder.resolve("a.txt"), "a fox");
        assertThat(unifluid.run("caption", folder.toString()).code()).isZero();

        var all = unifluid.run("caption", "--all", "--json", folder.toString());
        assertThat(all.code()).isEqualTo(1);
        var refused = json(all.out()).stream()
                .filter(line -> line.get("file").asText().endsWith("a.txt"))
                .findFirst()
                .orElseThrow();
        assertThat(refused.get("status").asText()).isEqualTo("FAILED");
        assertThat(refused.at("/error/kind").asText()).isEqualTo("BAD_INPUT");
        assertThat(refused.at("/error/message").asText()).contains("not a picture");
    }

    @Test
    void whatCannotBeReadIsAFailureOfItsOwn() throws Exception {
        picture("a.png");
        Files.setPosixFilePermissions(Path.of(picture("locked.png")), PosixFilePermissions.fromString("---------"));
        var locked = Path.of(picture("locked/b.png")).getParent();
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
        var withoutPrivilege = System.getProperty("user.name").equals("root")
                ? List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search")
                : List.<String>of();
        Assumptions.assumeTrue(withoutPrivilege.isEmpty() || Files.isExecutable(Path.of("/usr/bin/setpriv")));
        try {
            var said = unifluid.run(Map.of(), withoutPrivilege, "caption", "--json", folder.toString());
            assertThat(said.code()).isEqualTo(1);
            assertThat(json(said.out()))
                    .extracting(line -> line.get("file").asText() + " "
                            + line.get("status").asText() + " "
                            + line.at("/error/kind").asText() + " "
                            + line.at("/error/message").asText())
                    .containsExactlyInAnyOrder(
                            at("a.png") + " SUCCEEDED  ",
                            at("locked.png") + " NOT_SENT UNREADABLE The file cannot be read (no permission).",
                            at("locked") + " NOT_SENT UNREADABLE The folder cannot be read (no permission).");
        } finally {
            Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void namesBeyondAsciiWorkInAnyLocale() throws Exception {
        var file = picture("naïve 日本.png");
        for (var locale : List.of("C", "C.UTF-8", "de_DE.UTF-8")) {
            var said = unifluid.run(Map.of("LC_ALL", locale), List.of(), "caption", "--json", file);
            assertThat(said.code()).as(locale).isZero();
            assertThat(json(said.out()).getFirst().get("file").asText()).isEqualTo(file);
        }
    }

    @Test
    void aNameCannotWriteToTheTerminal() throws Exception {
        picture("a\u001b]0;x\u0007\u001b[2J\nb.png");
        var text = unifluid.run("caption", folder.toString());
        assertThat(text.out()).containsExactly(at("a\\u001b]0;x\\u0007\\u001b[2J\\nb.png") + "\tno-op");
        Files.writeString(folder.resolve("\u001b[31m\nforged.png"), "no picture");
        var failed = unifluid.run("caption", folder.toString());
        assertThat(failed.code()).isEqualTo(1);
        assertThat(String.join("", failed.err())).doesNotContain("\u001b").contains("\\u001b[31m\\nforged.png");
    }

    @Test
    void theShapeOfTheJsonIsAsDocumented() throws Exception {
        var file = picture("a.png");
        var caption = json(unifluid.run("caption", "--json", file).out()).getFirst();
        assertThat(names(caption))
                .startsWith(
                        "file", "status", "caption", "logProbability", "tokens", "requestId", "latencyMs", "attempts")
                .contains("model", "device", "timingsMs");
        var answer = json(unifluid.run("ask", "--json", file, "is it red?", "--choices", "yes,no")
                        .out())
                .getFirst();
        assertThat(names(answer)).startsWith("file", "status", "answers", "requestId", "latencyMs");
        assertThat(names(answer.at("/answers/0"))).containsExactly("question", "answer", "logProbability", "scores");
        assertThat(names(answer.at("/answers/0/scores"))).containsExactly("yes", "no");
        var refused = unifluid.run("generate", "--json", "a fox", "--steps", "100000", "--out", at("fox"));
        assertThat(refused.code()).isEqualTo(1);
        var rejected = json(refused.out()).getFirst();
        assertThat(names(rejected)).startsWith("status", "error", "requestId");
        assertThat(rejected.get("status").asText()).isEqualTo("REJECTED");
        assertThat(names(rejected.get("error"))).containsExactly("kind", "message");
        var status = json(unifluid.run("status", "--json").out()).getFirst();
        assertThat(names(status))
                .contains(
                        "running",
                        "model",
                        "bootstrapServers",
                        "registryUrl",
                        "components",
                        "topics",
                        "requests",
                        "backlog",
                        "deadLetters",
                        "results");
        assertThat(status.at("/model/purpose").asText()).contains("looks at nothing");
        var page = Files.readString(SampleArchive.folder().resolveSibling("cli").resolve("README.md"));
        for (var node : List.of(
                caption,
                answer,
                answer.at("/answers/0"),
                rejected,
                status,
                status.get("model"),
                status.at("/workers/0"))) {
            assertThat(names(node)).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
        }
    }

    @Test
    void picturesAndQuestionsAreToldApart() throws Exception {
        var a = picture("A.png");
        var b = picture("B.png");
        var said = unifluid.run("ask", a, b, "is it red?");
        assertThat(said.code()).isZero();
        assertThat(said.out())
                .containsExactlyInAnyOrder(a + "\tis it red?\tno-op\tp 1.000", b + "\tis it red?\tno-op\tp 1.000");
        var missing = unifluid.run("ask", a, at("C.png"), "is it red?");
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err())
                .containsExactly("unifluid: There is no file " + at("C.png") + ": check the spelling and try again.");
    }

    @Test
    void picturesEndInPngAndNothingIsReplaced() throws Exception {
        assertThat(unifluid.run("generate", "a fox", "--count", "3", "--out", at("g"))
                        .code())
                .isZero();
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("g-1.png", "g-2.png", "g-3.png");
        var again = unifluid.run("generate", "a fox", "--count", "3", "--out", at("g"));
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err().getFirst()).contains("g-1.png is there already").contains("--force");

        var seed = new String[] {"generate", "a fox", "--seed", "7", "--out", folder.toString()};
        assertThat(unifluid.run(seed).out().getFirst()).startsWith(at("generated-7.png"));
        assertThat(unifluid.run(seed).out().getFirst()).startsWith(at("generated-7-2.png"));
    }

    @Test
    void aSecondRunDoesNotReplaceTheFirstOnesFile() throws Exception {
        var file = picture("a.png");
        var output = folder.resolve("out.jsonl");
        assertThat(unifluid.run("caption", file, "--output", output.toString()).code())
                .isZero();
        var first = Files.readString(output);
        assertThat(first).endsWith("}\n");

        var again = unifluid.run("caption", file, "--output", output.toString());
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err().getFirst()).contains("--append").contains("--force");
        assertThat(output).hasContent(first);

        assertThat(unifluid.run("caption", file, "--output", output.toString(), "--append")
                        .code())
                .isZero();
        assertThat(Files.readString(output)).startsWith(first);
        assertThat(LocalCommand.lines(output)).hasSize(2);
    }

    @Test
    void controlCLeavesWholeLinesASummaryAndNothingOnItsWay() throws Exception {
        int count =
                60_000; // Many more than are answered until the signal comes, also on a machine that is slow to send
        // it.
        picture("p0.png");
        for (int i = 1; i < count; i++) {
            Files.createLink(folder.resolve("p" + i + ".png"), folder.resolve("p0.png"));
        }
        var out = scratch.resolve("interrupted.jsonl");
        var err = scratch.resolve("interrupted.txt");
        var process = unifluid.start(out, err, "caption", "--json", folder.toString());
        Await.until("first lines", () -> LocalCommand.lines(out).size() > 10);
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        assertThat(process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();

        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(Files.readString(out)).endsWith("}\n");
        var lines = json(LocalCommand.lines(out));
        assertThat(lines).extracting(line -> line.get("file").asText()).doesNotHaveDuplicates();
        assertThat(lines)
                .filteredOn(line -> !line.get("status").asText().equals("SUCCEEDED"))
                .isNotEmpty()
                .allMatch(line -> line.has("error") && line.has("requestId"));
        var said = LocalCommand.lines(err);
        assertThat(said)
                .anyMatch(line -> line.matches("captioned +\\d+ of 60000 in .*"))
                .anyMatch(line -> line.matches("cancelled +\\d+ on their way"))
                .contains("not sent   " + (count - lines.size()));
        Await.until("no backlog", () -> status().get("backlog").asInt() == 0);
    }

    private static JsonNode status() throws Exception {
        return json(unifluid.run("status", "--json").out()).getFirst();
    }

    @Test
    void aTerminalShowsWhatTheModelIsForAndABarBelowEachLine() throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/script")), "There is no 'script' to make a terminal with.");
        picture("a.png");
        picture("b.png");
        var said = unifluid.onTerminal("caption", folder.toString());
        assertThat(said.code()).as(said.toString()).isZero();
        var shown = String.join("\n", said.out());
        assertThat(shown).startsWith("The no-op model answers at once and looks at nothing");
        assertThat(shown).contains("] 0 of 2");
        // Each caption stands where the bar stood, and the bar is there again at once.
        assertThat(shown.split("\tno-op", -1)).hasSize(3);
        for (var after : List.of(shown.split("\tno-op", -1)).subList(1, 3)) {
            assertThat(after.strip()).startsWith("[");
        }
    }

    @Test
    void aDeadLetterIsShownHarmlesslyAndWaitsForNothing() throws Exception {
        Await.until("no backlog", () -> status().get("backlog").asInt() == 0);
        var hostile = "\u001b]0;owned\u0007\u001b[2J\u202e\nforged: line\u009b31m";
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", unifluid.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            var request = new ProducerRecord<>(Topics.REQUESTS.name(), utf8("key " + hostile), utf8("\0no request"));
            request.headers().add(new RecordHeader("header " + hostile, utf8("value " + hostile)));
            producer.send(request).get();
            var letter = new ProducerRecord<>(Topics.DEAD_LETTERS, utf8("key " + hostile), utf8(hostile));
            letter.headers().add(new RecordHeader(RecordHeaders.DLQ_REASON, utf8("reason " + hostile)));
            letter.headers().add(new RecordHeader(RecordHeaders.DLQ_TOPIC, utf8("topic " + hostile)));
            letter.headers().add(new RecordHeader(RecordHeaders.DLQ_PARTITION, utf8("0" + hostile)));
            letter.headers().add(new RecordHeader(RecordHeaders.DLQ_OFFSET, utf8("0" + hostile)));
            producer.send(letter).get();
        }
        Await.until("two dead letters", () -> status().get("deadLetters").asInt() == 2);
        assertThat(status().get("backlog").asInt()).isZero();

        var list = unifluid.run("dead-letters", "list");
        assertThat(list.out()).hasSize(2).allMatch(line -> line.split("\t").length == 7);
        isHarmless(list.out());
        isHarmless(unifluid.run("dead-letters", "list", "--json").out());
        for (var line : list.out()) {
            var show = unifluid.run("dead-letters", "show", line.split("\t")[0]);
            isHarmless(show.out());
            assertThat(show.out()).noneMatch(shown -> shown.startsWith("forged"));
            assertThat(show.out()).anyMatch(shown -> shown.startsWith("key        key \\u001b]0;owned\\u0007"));
        }
        isHarmless(unifluid.run("dead-letters", "redrive", "--dry-run").out());
    }

    private static void isHarmless(List<String> lines) {
        assertThat(String.join("", lines).codePoints())
                .isNotEmpty()
                .noneMatch(c -> c != '\t' && Character.getType(c) == Character.CONTROL || c == 0x202e);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

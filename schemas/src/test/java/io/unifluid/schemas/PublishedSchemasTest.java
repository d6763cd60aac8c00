package io.unifluid.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PublishedSchemasTest {
    private static final String READ_EACH = """
            import glob, json, sys, fastavro
            for file in sorted(glob.glob(sys.argv[1] + '/*.avsc')):
                schema = fastavro.parse_schema(json.load(open(file, encoding='utf-8')))
                print(schema['name'] if isinstance(schema, dict) else 'io.unifluid.schemas.Schedule')
            """;

    @TempDir
    Path folder;

    @Test
    void eachFileStandsForItselfAndSaysWhatTheGeneratedClassSays() throws IOException {
        PublishedSchemas.main(new String[] {folder.toString()});
        for (var topic : Topics.all()) {
            var ours = SpecificData.get().getSchema(topic.valueType());
            var file = folder.resolve(ours.getName() + ".avsc").toFile();

            var alone = new Schema.Parser().parse(file); // Checks defaults too.

            assertThat(SchemaNormalization.parsingFingerprint64(alone))
                    .as(ours.getName())
                    .isEqualTo(SchemaNormalization.parsingFingerprint64(ours));
            assertThat(file).content().doesNotContain("java");
            assertThat(alone.getDoc()).isEqualTo(ours.getDoc());
        }
    }

    @Test
    void pythonReadsEachOfThem() throws Exception {
        assumeTrue(python("import fastavro").isEmpty(), "SKIPPED: python3 with fastavro is not installed.");
        PublishedSchemas.main(new String[] {folder.toString()});

        assertThat(python(READ_EACH, folder.toString()).lines())
                .containsExactlyElementsOf(PublishedSchemas.all().keySet().stream()
                        .map(name -> "io.unifluid.schemas." + name)
                        .toList());
    }

    /** What it said; something, too, when there is no Python. */
    private static String python(String program, String... arguments) throws InterruptedException {
        var command = new ArrayList<>(List.of("python3", "-c", program));
        command.addAll(List.of(arguments));
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            return said;
        } catch (IOException e) {
            return e.getMessage();
        }
    }
}

package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a full batch of bulk requests writes, and how often their pictures are in it. The driver ends a transaction with each
 * record, so that nothing is spared by what changes twice within one: a broker sees less.
 */
class RecordsPerRequestTest {
    private static final int BATCH = 32;
    private static final String PICTURE = "the bytes of picture ";

    @TempDir
    private Path folder;

    @Test
    void aBulkRequestWritesFewRecordsAndItsPictureOnce() {
        try (var app = Harness.with(folder)) {
            var ids = IntStream.range(0, BATCH).mapToObj(i -> "r" + i).toList();
            ids.forEach(id -> app.request(Harness.caption(id, PICTURE + id)));
            app.advance(Duration.ofSeconds(1));
            together(app, ids, OutcomeKind.STARTED);
            together(app, ids, OutcomeKind.SUCCEEDED);
            app.advance(Duration.ofSeconds(1));

            var records = new TreeMap<String, Integer>();
            int pictures = 0;
            var bytes = new ByteArrayDeserializer();
            for (var topic : app.driver.producedTopicNames()) {
                var values = app.driver.createOutputTopic(topic, bytes, bytes).readValuesToList();
                records.put(topic, values.size());
                pictures += values.stream()
                        .mapToInt(RecordsPerRequestTest::pictures)
                        .sum();
            }
            assertThat(records.get(Topics.RESULTS.name())).isEqualTo(BATCH);
            int written = records.values().stream().mapToInt(Integer::intValue).sum();
            // Beside the request itself and the reports on its batch.
            assertThat((double) written / BATCH).as("records %s", records).isLessThan(8.1);
            assertThat((double) pictures / BATCH).as("pictures, %s", records).isEqualTo(1);
        }
    }

    private static int pictures(byte[] value) {
        return value == null ? 0 : new String(value, StandardCharsets.ISO_8859_1).split(PICTURE, -1).length - 1;
    }

    /** As a worker reports on a batch. */
    private static void together(Harness app, List<String> ids, OutcomeKind kind) {
        var all = new ArrayList<Outcome>();
        ids.forEach(id -> all.add(app.outcome(id, 1, kind)));
        var first = all.removeFirst();
        first.setOthers(all);
        app.outcome(first);
    }
}

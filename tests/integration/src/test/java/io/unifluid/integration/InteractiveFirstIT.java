package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.StreamsAppRunner;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.TestClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for an answer does not wait until an archive that came before has been read in. */
final class InteractiveFirstIT {
    private static final int ARCHIVE = 20_000;

    @TempDir
    static Path scratch;

    @Test
    void anInteractiveRequestIsAdmittedBeforeABulkBacklogThatLiesUnread() {
        try (var broker = LocalBroker.startWithTopics();
                var registry = LocalRegistry.shared();
                var client = TestClient.connect(broker, registry)) {
            client.sendAll(IntStream.range(0, ARCHIVE)
                    .mapToObj(i -> Requests.generate("archive-" + i, "a fox", i)
                            .setPriority(Priority.BULK)
                            .build())
                    .toList());
            var visitor = client.send(Requests.generate("visitor", "a duck", 1).build());

            var settings = StreamsSettings.of(Map.of(
                    "bootstrap-servers",
                    broker.bootstrapServers(),
                    "registry-url",
                    registry.url(),
                    "state-dir",
                    scratch.toString(),
                    "status",
                    "all"));
            try (var streams = new StreamsAppRunner(settings).start()) {
                // It has the processor to itself until its own count says so: a reader of 20,000 records takes its
                // share.
                Await.until("all requests are admitted", () -> count(streams) == ARCHIVE + 1);
            }
            var admitted = admitted(broker, registry);
            assertThat(admitted).hasSize(ARCHIVE + 1);
            var order = admitted.stream()
                    .filter(record -> record.partition() == visitor.partition())
                    .map(record -> new String(record.key(), StandardCharsets.UTF_8))
                    .toList();
            assertThat(order.indexOf("visitor"))
                    .as("place among %s requests of its partition, all sent before it", order.size())
                    .isLessThan(order.size() / 2);
        }
    }

    private static double count(StreamsAppRunner streams) {
        return streams.meters().find("unifluid.requests.admitted").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** In the order of admission, within a partition. */
    private static List<ConsumerRecord<byte[], byte[]>> admitted(LocalBroker broker, LocalRegistry registry) {
        var cluster = new Cluster(broker.bootstrapServers(), registry.url(), Map.of(), Optional.empty());
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var scan = new TopicScan(cluster)) {
            scan.read(Topics.STATUS.name(), records::add);
        }
        return records;
    }
}

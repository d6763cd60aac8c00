package io.unifluid.streams.readiness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** The answer to each question of a look is heard, and a broker that is away is silent. */
final class ListeningAdminIT {
    private static final String TOPIC = "asked";

    private interface Question {
        KafkaFuture<?> of(Admin admin);
    }

    private static final List<Question> LOOK = List.of(
            admin -> admin.describeTopics(List.of(TOPIC)).allTopicNames(),
            admin -> admin.describeConfigs(List.of(new ConfigResource(ConfigResource.Type.TOPIC, TOPIC)))
                    .all(),
            admin -> admin.listOffsets(Map.of(new TopicPartition(TOPIC, 0), OffsetSpec.latest()))
                    .all(),
            admin -> admin.listConsumerGroupOffsets("a-group").partitionsToOffsetAndMetadata());

    @Test
    void eachAnswerIsHeardAndNoneOfABrokerThatIsAway() throws Exception {
        var heard = new AtomicInteger();
        try (var broker = LocalBroker.start()) {
            broker.createTopic(TOPIC, 1, Map.of());
            var settings = Map.<String, Object>of(
                    "bootstrap.servers", broker.bootstrapServers(),
                    "default.api.timeout.ms", 60_000,
                    "request.timeout.ms", 5_000);
            try (var admin = new ListeningAdmin(settings, heard::incrementAndGet)) {
                for (var question : LOOK) {
                    int before = heard.get();
                    question.of(admin).get();
                    Await.until("the answer to be heard", () -> heard.get() > before);
                }
            }
            broker.stop();
            var impatient = Map.<String, Object>of(
                    "bootstrap.servers", broker.bootstrapServers(),
                    "default.api.timeout.ms", 2_000,
                    "request.timeout.ms", 1_000);
            heard.set(0);
            try (var admin = new ListeningAdmin(impatient, heard::incrementAndGet)) {
                for (var answer :
                        LOOK.stream().map(question -> question.of(admin)).toList()) {
                    assertThatThrownBy(answer::get).isInstanceOf(ExecutionException.class);
                }
            }
            assertThat(heard).hasValue(0);
        }
    }
}

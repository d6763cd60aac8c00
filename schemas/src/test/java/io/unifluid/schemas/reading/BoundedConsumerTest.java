package io.unifluid.schemas.reading;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

class BoundedConsumerTest {
    private static final Map<String, Object> NOWHERE = Map.of("bootstrap.servers", "127.0.0.1:1", "group.id", "g");

    /** What this leans on is Kafka's own affair: a version that has it otherwise is seen here, not in production. */
    @Test
    void theKafkaThatThisIsBuiltWithCanBeBounded() {
        assertThatCode(() -> new BoundedConsumer<>(NOWHERE, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                        .close())
                .doesNotThrowAnyException();
    }

    @Test
    void aConsumerThatCannotBeBoundedIsRefused() {
        var other = new java.util.HashMap<>(NOWHERE);
        other.put("group.protocol", "consumer");

        assertThatIllegalStateException()
                .isThrownBy(
                        () -> new BoundedConsumer<>(other, new ByteArrayDeserializer(), new ByteArrayDeserializer()))
                .withMessageContaining("group.protocol")
                .withMessageMatching("[^.]*\\d+\\.\\d+\\.\\d+[^.]*group\\.protocol at classic\\.");
    }
}

package io.unifluid.bench;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.Environment;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.json.JsonConfiguration;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What a service costs that does no more than to hand its body to Kafka and wait until it is taken; in a process of its own. */
public final class BareEndpoint {
    static final String READY = "bare endpoint at ";

    private static final String BARE = "bench.bare";

    private BareEndpoint() {}

    /** @param arguments the brokers, and the topic */
    public static void main(String[] arguments) throws InterruptedException {
        var context = ApplicationContext.builder()
                .deduceEnvironment(false)
                .properties(Map.of(
                        BARE,
                        true,
                        "bench.brokers",
                        arguments[0],
                        "bench.topic",
                        arguments[1],
                        "micronaut.server.host",
                        "127.0.0.1",
                        "micronaut.server.port",
                        0))
                .start();
        var server = context.getBean(EmbeddedServer.class).start();
        System.out.println(READY + server.getURI());
        Thread.currentThread().join();
    }

    /** Micronaut's server asks for one, though nothing is read as JSON here. */
    @Singleton
    @Requires(property = BARE)
    static final class NoJson implements JsonConfiguration {
        @Override
        public boolean isAlwaysSerializeErrorsAsList() {
            return true;
        }

        @Override
        public int getArraySizeThreshold() {
            return 100;
        }
    }

    @Controller("/bare")
    @Requires(property = BARE)
    @ExecuteOn(TaskExecutors.BLOCKING)
    static final class Endpoint {
        private final KafkaProducer<byte[], byte[]> producer;
        private final String topic;

        Endpoint(Environment settings) {
            this.topic = settings.getRequiredProperty("bench.topic", String.class);
            var kafka = new HashMap<String, Object>();
            kafka.put("bootstrap.servers", settings.getRequiredProperty("bench.brokers", String.class));
            kafka.put("acks", "all");
            kafka.put("enable.idempotence", "true");
            kafka.put("linger.ms", "0");
            this.producer = new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Post(consumes = "application/json", produces = "application/json")
        HttpResponse<String> take(@Body byte[] body) throws Exception {
            var id = UUID.randomUUID().toString();
            producer.send(new ProducerRecord<>(topic, id.getBytes(StandardCharsets.UTF_8), body))
                    .get();
            return HttpResponse.accepted().body("{\"id\":\"" + id + "\"}");
        }

        @PreDestroy
        void close() {
            producer.close();
        }
    }
}

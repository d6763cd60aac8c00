package io.unifluid.client;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Control;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.Need;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/** Sends wishes to cancel. */
public final class Cancels implements AutoCloseable {
    private static final Need NEEDED = Need.topic(Topics.CONTROLS.name(), AclOperation.WRITE);

    private final Cluster cluster;
    private final Producer<byte[], byte[]> producer;
    private final boolean own;
    private final Serializer<Control> controls;

    public Cancels(Cluster cluster) {
        this(cluster, opened(cluster), true);
    }

    /** Sends with the producer of somebody else, who closes it. */
    Cancels(Cluster cluster, Producer<byte[], byte[]> producer) {
        this(cluster, producer, false);
    }

    private Cancels(Cluster cluster, Producer<byte[], byte[]> producer, boolean own) {
        this.cluster = cluster;
        this.producer = producer;
        this.own = own;
        this.controls = new AvroSerdes(cluster.registry()).serializer(Topics.CONTROLS);
    }

    private static Producer<byte[], byte[]> opened(Cluster cluster) {
        var settings = cluster.producer();
        settings.put("delivery.timeout.ms", "20000");
        settings.put("request.timeout.ms", "10000");
        settings.put("max.block.ms", "15000");
        try {
            return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw cluster.refused(e, NEEDED);
        }
    }

    /**
     * Returns when the broker has all of them.
     *
     * @param tenant as the requests name it; a cancel of another tenant has no effect
     * @param reason for the results; may be empty
     */
    public void send(Collection<String> requestIds, String tenant, String reason) {
        var sent = requestIds.stream().map(id -> ask(id, tenant, reason)).toList();
        try {
            for (var each : sent) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof EnvironmentProblem problem
                    ? problem
                    : new EnvironmentProblem(Why.sentence(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while sending the cancel.", e);
        }
    }

    /** Completes when the broker has it, or with an {@link EnvironmentProblem}. */
    CompletableFuture<Void> ask(String requestId, String tenant, String reason) {
        var topic = Topics.CONTROLS.name();
        var taken = new CompletableFuture<Void>();
        try {
            var value = controls.serialize(topic, cancel(requestId, tenant, reason));
            producer.send(
                    new ProducerRecord<>(topic, requestId.getBytes(StandardCharsets.UTF_8), value), (_, problem) -> {
                        if (problem == null) {
                            taken.complete(null);
                        } else {
                            taken.completeAsync(() -> {
                                throw untaken(problem);
                            });
                        }
                    });
        } catch (KafkaException e) {
            taken.completeExceptionally(cluster.refused(e, NEEDED));
        } catch (IllegalStateException e) {
            taken.completeExceptionally(new EnvironmentProblem("The client is closed; the cancel was not sent.", e));
        }
        return taken;
    }

    private EnvironmentProblem untaken(Exception problem) {
        return new EnvironmentProblem(
                cluster.diagnosis()
                        .of(problem, NEEDED)
                        .orElse("The broker " + cluster.bootstrapServers() + " did not take the cancel ("
                                + Why.of(problem) + "): try again."),
                problem);
    }

    private static Control cancel(String requestId, String tenant, String reason) {
        return Control.newBuilder()
                .setRequestId(requestId)
                .setTenant(tenant)
                .setKind(ControlKind.CANCEL)
                .setReason(reason.isBlank() ? null : reason)
                .setIssuedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .build();
    }

    @Override
    public void close() {
        if (own) {
            producer.close(Duration.ofSeconds(2));
        }
        controls.close();
    }
}

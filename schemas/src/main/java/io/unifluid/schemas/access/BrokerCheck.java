package io.unifluid.schemas.access;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;

/**
 * What a Kafka Streams app asks its brokers before it starts: whether its topics are there and it may do all that it
 * needs. Each answer that stops the start is one sentence. Creates nothing.
 *
 * @param kafka the app's settings for Kafka's clients
 */
public record BrokerCheck(Map<String, String> kafka, String bootstrapServers, Diagnosis diagnosis) {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** What is looked at besides, once all is there. */
    @FunctionalInterface
    public interface Look<T> {
        T at(Admin admin, Duration patience) throws InterruptedException, ExecutionException, TimeoutException;
    }

    /** Of a client that gives up in time. */
    public Map<String, Object> adminSettings() {
        var config = new KafkaOptions(kafka).admin();
        config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() / 3);
        return config;
    }

    /**
     * @param needs a topic that {@link AclOperation#CREATE} is needed for may be absent
     * @throws IllegalStateException one sentence, when Kafka cannot be reached, topics are missing or rights are
     */
    public <T> T require(Collection<Need> needs, Look<T> look) {
        try (var admin = Admin.create(adminSettings())) {
            var missing = new RightsCheck(admin, diagnosis, System.nanoTime() + PATIENCE.toNanos()).check(needs);
            if (!missing.isEmpty()) {
                throw new IllegalStateException("These topics are missing on " + bootstrapServers + ": "
                        + String.join(", ", new TreeSet<>(missing)) + "; create them (the local stack does).");
            }
            return look.at(admin, PATIENCE);
        } catch (MissingRightsException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new IllegalStateException(
                    diagnosis
                            .of(e, Need.topic("", AclOperation.DESCRIBE))
                            .orElse("Kafka at " + bootstrapServers + " refused: " + causeOf(e)),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The start was interrupted.", e);
        }
    }

    private static String causeOf(Exception e) {
        var cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return cause.getMessage() == null ? "no answer within " + PATIENCE.toSeconds() + " s" : cause.getMessage();
    }
}

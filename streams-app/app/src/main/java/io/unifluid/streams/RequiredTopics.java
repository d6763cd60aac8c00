package io.unifluid.streams;

import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.KafkaOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Checks at the start what would otherwise fail much later and less clearly; creates nothing. */
final class RequiredTopics {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final StreamsSettings settings;

    RequiredTopics(StreamsSettings settings) {
        this.settings = settings;
    }

    /** @throws IllegalStateException one sentence, when Kafka cannot be reached or topics are missing or do not match */
    void check() {
        var needed = needed();
        try (var admin = Admin.create(adminSettings())) {
            var existing = admin.listTopics().names().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            var missing = new TreeSet<>(needed);
            missing.removeAll(existing);
            if (!missing.isEmpty()) {
                throw new IllegalStateException("These topics are missing on " + settings.bootstrapServers() + ": "
                        + String.join(", ", missing) + "; create them (the local stack does).");
            }
            checkPartitions(admin);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "Kafka cannot be reached at " + settings.bootstrapServers() + ": " + causeOf(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The start was interrupted.", e);
        }
    }

    private void checkPartitions(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        checkPartitions(
                admin,
                "Requests, controls and outcomes",
                Topics.REQUESTS,
                Topics.REQUESTS_INTERACTIVE,
                Topics.CONTROLS,
                Topics.OUTCOMES);
        checkPartitions(admin, "Both schedule topics", Topics.SCHEDULE, Topics.SCHEDULE_AHEAD);
    }

    private static void checkPartitions(Admin admin, String which, Topic<?>... together)
            throws InterruptedException, ExecutionException, TimeoutException {
        var joined = Stream.of(together).map(Topic::name).toList();
        var described = admin.describeTopics(joined).allTopicNames().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        var counts = joined.stream()
                .map(topic ->
                        topic + " has " + described.get(topic).partitions().size())
                .toList();
        if (joined.stream()
                        .map(topic -> described.get(topic).partitions().size())
                        .distinct()
                        .count()
                > 1) {
            throw new IllegalStateException(which + " need the same number of partitions, but "
                    + String.join(", ", counts) + "; create them anew with one number.");
        }
    }

    private Set<String> needed() {
        var needed = new TreeSet<>(settings.validation().replyTopics());
        Topics.all().stream().map(Topic::name).forEach(needed::add);
        needed.add(Topics.DEAD_LETTERS);
        return needed;
    }

    private Map<String, Object> adminSettings() {
        var config = new KafkaOptions(settings.kafka()).admin();
        config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() / 3);
        return config;
    }

    private static String causeOf(Exception e) {
        var cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return cause.getMessage() == null ? "no answer within " + PATIENCE.toSeconds() + " s" : cause.getMessage();
    }
}

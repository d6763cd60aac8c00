package io.unifluid.streams.readiness;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.BrokerCheck;
import io.unifluid.schemas.access.Need;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.event.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.resource.ResourceType;

/** Checks at the start what would otherwise fail much later and less clearly; creates nothing. */
public final class RequiredTopics {
    private final StreamsSettings settings;

    public RequiredTopics(StreamsSettings settings) {
        this.settings = settings;
    }

    /**
     * @return how many partitions the topics have that are keyed by request id
     * @throws IllegalStateException one sentence, when Kafka cannot be reached or topics are missing or do not match
     */
    public int check() {
        return brokers().require(needs(), this::checkPartitions);
    }

    /** The app's own topics are not there before its first start, and must fit afterwards. */
    private int checkPartitions(Admin admin, Duration patience)
            throws InterruptedException, ExecutionException, TimeoutException {
        var layout = Layout.of(settings);
        var partitions = Partitions.of(admin, patience, layout.topics());
        layout.trouble(partitions).ifPresent(sentence -> {
            throw new IllegalStateException(sentence);
        });
        return partitions.get(Topics.REQUESTS.name());
    }

    /** Without these the app cannot work. */
    List<String> topics() {
        return needs().stream()
                .filter(need -> need.on() == ResourceType.TOPIC && !need.may().contains(CREATE))
                .map(Need::name)
                .toList();
    }

    /** All that the app does on its brokers; SECURITY.md has the same as a table. */
    private List<Need> needs() {
        var needs = new ArrayList<Need>();
        Topics.INTAKES.forEach(topic -> needs.add(Need.topic(topic.name(), READ)));
        needs.add(Need.topic(Topics.CONTROLS.name(), READ));
        needs.add(Need.topic(Topics.WORKERS.name(), READ));
        Stream.of(Topics.SCHEDULE, Topics.SCHEDULE_AHEAD, Topics.OUTCOMES)
                .forEach(topic -> needs.add(Need.topic(topic.name(), READ, WRITE)));
        Topics.REROUTES.forEach(topic -> needs.add(Need.topic(topic, READ, WRITE)));
        Topics.lanes().forEach(topic -> needs.add(Need.topic(topic.name(), WRITE)));
        needs.add(Need.topic(Topics.RESULTS.name(), WRITE));
        needs.add(Need.topic(Topics.STATUS.name(), WRITE));
        needs.add(Need.topic(Topics.DEAD_LETTERS, WRITE));
        settings.validation().replyTopics().forEach(topic -> needs.add(Need.topic(topic, WRITE)));
        var application = settings.applicationId();
        Names.STORES.forEach(
                store -> needs.add(Need.topic(application + "-" + store + "-changelog", CREATE, READ, WRITE)));
        needs.add(Need.group(application, READ));
        needs.add(Need.transactionalId(application + "-*"));
        return needs;
    }

    Map<String, Object> adminSettings() {
        return brokers().adminSettings();
    }

    private BrokerCheck brokers() {
        return new BrokerCheck(settings.kafka(), settings.bootstrapServers(), settings.diagnosis());
    }
}

package io.unifluid.streams.readiness;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** How many partitions topics have. */
final class Partitions {
    /**
     * By topic; one that is not there is left out.
     *
     * @throws ExecutionException when the cluster does not tell, for another reason
     */
    static Map<String, Integer> of(Admin admin, Duration patience, List<String> topics)
            throws InterruptedException, ExecutionException, TimeoutException {
        var partitions = new HashMap<String, Integer>();
        for (var topic : admin.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                var description = topic.getValue().get(patience.toMillis(), TimeUnit.MILLISECONDS);
                partitions.put(topic.getKey(), description.partitions().size());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return partitions;
    }

    private Partitions() {}
}

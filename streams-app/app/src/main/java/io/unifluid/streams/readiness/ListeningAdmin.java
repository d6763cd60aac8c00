package io.unifluid.streams.readiness;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** Says whenever Kafka answers one of the questions that every look asks, also to who waits for it no longer. */
final class ListeningAdmin extends ForwardingAdmin {
    private final Runnable answered;

    ListeningAdmin(Map<String, Object> config, Runnable answered) {
        super(config);
        this.answered = answered;
    }

    @Override
    public DescribeTopicsResult describeTopics(TopicCollection topics, DescribeTopicsOptions options) {
        var result = super.describeTopics(topics, options);
        if (result.topicNameValues() != null) {
            hear(result.topicNameValues().values());
        }
        return result;
    }

    @Override
    public DescribeConfigsResult describeConfigs(Collection<ConfigResource> resources, DescribeConfigsOptions options) {
        var result = super.describeConfigs(resources, options);
        hear(result.values().values());
        return result;
    }

    @Override
    public ListOffsetsResult listOffsets(Map<TopicPartition, OffsetSpec> offsets, ListOffsetsOptions options) {
        var result = super.listOffsets(offsets, options);
        offsets.keySet().forEach(partition -> hear(result.partitionResult(partition)));
        return result;
    }

    @Override
    public ListConsumerGroupOffsetsResult listConsumerGroupOffsets(
            Map<String, ListConsumerGroupOffsetsSpec> groups, ListConsumerGroupOffsetsOptions options) {
        var result = super.listConsumerGroupOffsets(groups, options);
        hear(result.all());
        return result;
    }

    private <T> void hear(Collection<KafkaFuture<T>> answers) {
        answers.forEach(this::hear);
    }

    private void hear(KafkaFuture<?> answer) {
        answer.whenComplete((_, failure) -> {
            if (failure == null) {
                answered.run();
            }
        });
    }
}

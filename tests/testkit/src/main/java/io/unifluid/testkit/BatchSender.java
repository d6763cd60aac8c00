package io.unifluid.testkit;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.DefaultHostResolver;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/** Sends finished batches to the one broker of a test, which leads every partition. Not thread-safe. */
public final class BatchSender implements AutoCloseable {
    private static final int PATIENCE_MS = 120_000;
    /** The last one that names topics. */
    private static final short VERSION = 12;

    private final Node broker;
    private final Metrics metrics = new Metrics();
    private final KafkaClient client;

    /** @param settings of a Kafka client, {@code bootstrap.servers} among them */
    public BatchSender(Map<String, ?> settings) {
        var config = new HashMap<String, Object>(settings);
        config.put("key.serializer", ByteArraySerializer.class);
        config.put("value.serializer", ByteArraySerializer.class);
        var address = settings.get("bootstrap.servers").toString().split(":");
        broker = new Node(1, address[0], Integer.parseInt(address[1]));
        client = ClientUtils.createNetworkClient(
                new ProducerConfig(config),
                "batch-sender",
                metrics,
                "batch-sender",
                new LogContext(),
                new ApiVersions(),
                Time.SYSTEM,
                1,
                PATIENCE_MS,
                null,
                new ManualMetadataUpdater(List.of(broker)),
                new DefaultHostResolver(),
                null,
                null);
    }

    /**
     * The offset of the batch's first record.
     *
     * @throws IllegalArgumentException when the broker does not take it
     */
    public long send(TopicPartition to, MemoryRecords batch) {
        var partition = new ProduceRequestData.PartitionProduceData()
                .setIndex(to.partition())
                .setRecords(batch);
        var topic =
                new ProduceRequestData.TopicProduceData().setName(to.topic()).setPartitionData(List.of(partition));
        var data = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(PATIENCE_MS);
        data.topicData().add(topic);
        try {
            if (!NetworkClientUtils.awaitReady(client, broker, Time.SYSTEM, PATIENCE_MS)) {
                throw new IllegalStateException("The broker cannot be reached.");
            }
            var request = client.newClientRequest(
                    broker.idString(),
                    new ProduceRequest.Builder(ApiKeys.PRODUCE.oldestVersion(), VERSION, data),
                    System.currentTimeMillis(),
                    true,
                    PATIENCE_MS,
                    null);
            var response = NetworkClientUtils.sendAndReceive(client, request, Time.SYSTEM);
            var answer = ((ProduceResponse) response.responseBody())
                    .data()
                    .responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .getFirst();
            if (answer.errorCode() != Errors.NONE.code()) {
                throw new IllegalArgumentException("The broker says "
                        + Errors.forCode(answer.errorCode()).message() + " (" + answer.errorMessage() + ").");
            }
            return answer.baseOffset();
        } catch (IOException e) {
            throw new IllegalStateException("The broker hung up.", e);
        }
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new IllegalStateException("The connection to the broker cannot be closed.", e);
        }
        metrics.close();
    }
}

package io.unifluid.schemas.reading;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.ClientRequest;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.LeastLoadedNode;
import org.apache.kafka.clients.RequestCompletionHandler;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.FetchResponse;

/**
 * A consumer's connections, where every fetch is bounded before the consumer sees it: as it is unpacked, and in how much
 * waits to be unpacked. A partition that brings too much beside others brings nothing, and is asked again.
 */
final class BoundingClient implements KafkaClient {
    /** Smaller fetches do not count. */
    private static final int LARGE = 256 * 1024;

    private final KafkaClient client;
    private final ReadLimits limits;
    private final PollBudget budget;
    /** Weak: what a rebalance or a seek makes useless is dropped by the consumer without a word. */
    private final List<WeakReference<BoundedRecords>> waiting = new ArrayList<>();

    BoundingClient(KafkaClient client, ReadLimits limits, PollBudget budget) {
        this.client = client;
        this.limits = limits;
        this.budget = budget;
    }

    @Override
    public ClientRequest newClientRequest(
            String nodeId,
            AbstractRequest.Builder<?> requestBuilder,
            long createdTimeMs,
            boolean expectResponse,
            int requestTimeoutMs,
            RequestCompletionHandler callback) {
        return client.newClientRequest(
                nodeId, requestBuilder, createdTimeMs, expectResponse, requestTimeoutMs, callback);
    }

    private void bound(ClientResponse response) {
        if (response.hasResponse() && response.responseBody() instanceof FetchResponse fetched) {
            fetched.data().responses().forEach(topic -> topic.partitions().forEach(this::bound));
        }
    }

    /** The consumer's own thread and that of its heartbeats both hand responses out. */
    private synchronized void bound(PartitionData partition) {
        if (!(partition.records() instanceof MemoryRecords records) || records.sizeInBytes() == 0) {
            return;
        }
        var bounded = new BoundedRecords(records, budget);
        if (records.sizeInBytes() > LARGE) {
            long held = held();
            if (held > 0 && held + records.sizeInBytes() > limits.fetched()) {
                partition.setRecords(MemoryRecords.EMPTY);
                return;
            }
            waiting.add(new WeakReference<>(bounded));
        }
        partition.setRecords(bounded);
    }

    private long held() {
        long held = 0;
        for (var all = waiting.iterator(); all.hasNext(); ) {
            var records = all.next().get();
            if (records == null || records.consumed()) {
                all.remove();
            } else {
                held += records.sizeInBytes();
            }
        }
        return held;
    }

    @Override
    public ClientRequest newClientRequest(
            String nodeId, AbstractRequest.Builder<?> requestBuilder, long createdTimeMs, boolean expectResponse) {
        return client.newClientRequest(nodeId, requestBuilder, createdTimeMs, expectResponse);
    }

    @Override
    public boolean isReady(Node node, long now) {
        return client.isReady(node, now);
    }

    @Override
    public boolean ready(Node node, long now) {
        return client.ready(node, now);
    }

    @Override
    public long connectionDelay(Node node, long now) {
        return client.connectionDelay(node, now);
    }

    @Override
    public long pollDelayMs(Node node, long now) {
        return client.pollDelayMs(node, now);
    }

    @Override
    public boolean connectionFailed(Node node) {
        return client.connectionFailed(node);
    }

    @Override
    public AuthenticationException authenticationException(Node node) {
        return client.authenticationException(node);
    }

    @Override
    public void send(ClientRequest request, long now) {
        client.send(request.apiKey() == ApiKeys.FETCH ? bounding(request) : request, now);
    }

    /** Not sooner than it is sent: of what waits to be sent the consumer knows the handler, and must find its own. */
    private ClientRequest bounding(ClientRequest request) {
        var builder = request.requestBuilder();
        return new ClientRequest(
                request.destination(),
                builder,
                request.correlationId(),
                request.makeHeader(builder.latestAllowedVersion()).clientId(),
                request.createdTimeMs(),
                request.expectResponse(),
                request.requestTimeoutMs(),
                response -> {
                    bound(response);
                    request.callback().onComplete(response);
                });
    }

    @Override
    public List<ClientResponse> poll(long timeout, long now) {
        return client.poll(timeout, now);
    }

    @Override
    public void disconnect(String nodeId) {
        client.disconnect(nodeId);
    }

    @Override
    public void close(String nodeId) {
        client.close(nodeId);
    }

    @Override
    public LeastLoadedNode leastLoadedNode(long now) {
        return client.leastLoadedNode(now);
    }

    @Override
    public int inFlightRequestCount() {
        return client.inFlightRequestCount();
    }

    @Override
    public boolean hasInFlightRequests() {
        return client.hasInFlightRequests();
    }

    @Override
    public int inFlightRequestCount(String nodeId) {
        return client.inFlightRequestCount(nodeId);
    }

    @Override
    public boolean hasInFlightRequests(String nodeId) {
        return client.hasInFlightRequests(nodeId);
    }

    @Override
    public boolean hasReadyNodes(long now) {
        return client.hasReadyNodes(now);
    }

    @Override
    public void wakeup() {
        client.wakeup();
    }

    @Override
    public void initiateClose() {
        client.initiateClose();
    }

    @Override
    public boolean active() {
        return client.active();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}

package io.unifluid.schemas.access;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.errors.SecurityDisabledException;

/**
 * Finds transactions that nobody will end: open in a partition, and not with their coordinator, as a broker may leave
 * behind that was stalled and shut out. Readers of committed records, and whoever restores a store, wait there for ever. To be
 * asked again and again, since a transaction is judged only when nothing has moved behind it for a while. Belongs to one
 * thread.
 */
public final class HangingTransactions {
    /** Longer than Kafka lets a transaction be open by default: for what a coordinator may hide from us. */
    private static final Duration LONGEST_TRANSACTION = Duration.ofMinutes(20);

    /**
     * One of them.
     *
     * @param offset of its first record, behind which nothing is read
     */
    public record Hanging(
            TopicPartition partition, long offset, long producerId, int producerEpoch, OptionalInt coordinatorEpoch) {
        /** What it does, and what to do; without the way to do it. */
        public String sentence() {
            return "What lies from offset " + offset + " of " + partition
                    + " on cannot be read, since producer " + producerId
                    + " began a transaction there that nobody will end";
        }
    }

    private record Stuck(long offset, Instant since) {
        boolean forAsLongAs(Duration patience, Instant now) {
            return !now.isBefore(since.plus(patience));
        }
    }

    private final Admin admin;
    private final Duration patience;
    private final Duration answersWithin;
    private final Map<TopicPartition, Stuck> stuck = new HashMap<>();

    /**
     * @param admin may describe the topics and read them; what it may not know of, counts as hanging later
     * @param patience how long nothing must have moved
     * @param answersWithin for each question
     */
    public HangingTransactions(Admin admin, Duration patience, Duration answersWithin) {
        this.admin = admin;
        this.patience = patience;
        this.answersWithin = answersWithin;
    }

    /** Every partition that the client may see, of Kafka's own topics too. */
    public List<TopicPartition> everywhere() throws InterruptedException, ExecutionException, TimeoutException {
        var names = answer(
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
        return answer(admin.describeTopics(names).allTopicNames()).values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
    }

    /**
     * One look.
     *
     * @param partitions always the same, but for new ones and deleted ones
     * @return those that surely hang
     */
    public List<Hanging> look(Collection<TopicPartition> partitions, Instant now)
            throws InterruptedException, ExecutionException, TimeoutException {
        var stable = ends(partitions, IsolationLevel.READ_COMMITTED);
        var ends = ends(partitions, IsolationLevel.READ_UNCOMMITTED);
        stuck.keySet().retainAll(stable.keySet());
        stable.forEach((partition, offset) -> {
            if (offset >= ends.get(partition)) {
                stuck.remove(partition);
            } else if (!stuck.containsKey(partition) || stuck.get(partition).offset() != offset) {
                stuck.put(partition, new Stuck(offset, now));
            }
        });
        var suspects = stuck.entrySet().stream()
                .filter(entry -> entry.getValue().forAsLongAs(patience, now))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        return suspects.isEmpty() ? List.of() : judged(suspects, now);
    }

    /** Ends one: its records count as never written. */
    public void abort(Hanging hanging) throws InterruptedException, ExecutionException, TimeoutException {
        answer(admin.abortTransaction(new AbortTransactionSpec(
                        hanging.partition(),
                        hanging.producerId(),
                        (short) hanging.producerEpoch(),
                        hanging.coordinatorEpoch().orElse(0)))
                .all());
    }

    private List<Hanging> judged(Set<TopicPartition> suspects, Instant now)
            throws InterruptedException, ExecutionException, TimeoutException {
        var open = new ArrayList<Hanging>();
        answer(admin.describeProducers(suspects).all())
                .forEach((partition, state) -> state.activeProducers().stream()
                        .filter(producer ->
                                producer.currentTransactionStartOffset().orElse(-1)
                                        == stuck.get(partition).offset())
                        .forEach(producer -> open.add(hanging(partition, producer))));
        if (open.isEmpty()) {
            return List.of();
        }
        var with = coordinators(open);
        boolean seesAll = with.keySet().containsAll(producers(open)) || seesAll();
        var hanging = new ArrayList<Hanging>();
        for (var one : open) {
            var listing = with.get(one.producerId());
            boolean forgotten = listing == null
                    ? seesAll || stuck.get(one.partition()).forAsLongAs(LONGEST_TRANSACTION, now)
                    : !isInTransaction(listing, one.partition());
            if (forgotten) {
                hanging.add(one);
            }
        }
        return hanging;
    }

    private static Hanging hanging(TopicPartition partition, ProducerState producer) {
        return new Hanging(
                partition,
                producer.currentTransactionStartOffset().getAsLong(),
                producer.producerId(),
                producer.producerEpoch(),
                producer.coordinatorEpoch());
    }

    private static Set<Long> producers(List<Hanging> open) {
        return open.stream().map(Hanging::producerId).collect(Collectors.toSet());
    }

    private Map<Long, TransactionListing> coordinators(List<Hanging> open)
            throws InterruptedException, ExecutionException, TimeoutException {
        var byProducer = new HashMap<Long, TransactionListing>();
        answer(admin.listTransactions(new ListTransactionsOptions().filterProducerIds(producers(open)))
                        .all())
                .forEach(listing -> byProducer.put(listing.producerId(), listing));
        return byProducer;
    }

    /** A coordinator that still knows of it will end it by itself. */
    private boolean isInTransaction(TransactionListing listing, TopicPartition partition)
            throws InterruptedException, ExecutionException, TimeoutException {
        var id = listing.transactionalId();
        return answer(admin.describeTransactions(Set.of(id)).all())
                .get(id)
                .topicPartitions()
                .contains(partition);
    }

    /** Whether coordinators tell of everybody's transactions: of those that may not be described they say nothing. */
    private boolean seesAll() throws InterruptedException, TimeoutException {
        try {
            answer(admin.describeAcls(AclBindingFilter.ANY).values());
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof SecurityDisabledException;
        }
    }

    private Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions, IsolationLevel level)
            throws InterruptedException, ExecutionException, TimeoutException {
        var all = new HashMap<TopicPartition, OffsetSpec>();
        new HashSet<>(partitions).forEach(partition -> all.put(partition, OffsetSpec.latest()));
        var ends = new HashMap<TopicPartition, Long>();
        answer(admin.listOffsets(all, new ListOffsetsOptions(level)).all())
                .forEach((partition, found) -> ends.put(partition, found.offset()));
        return ends;
    }

    private <T> T answer(KafkaFuture<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(answersWithin.toMillis(), TimeUnit.MILLISECONDS);
    }
}

package io.unifluid.schemas.access;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Asks Kafka at the start of a process whether it may do all that it needs, so that a missing right is named then, and
 * not found by a record. Changes nothing. What cannot be asked beforehand (whether a group may be joined of which it may
 * be read that it does not exist) fails when it is done, and {@link Diagnosis} names it.
 */
public final class RightsCheck {
    private final Admin admin;
    private final Diagnosis diagnosis;
    private final long until;
    private final Set<String> absent = new TreeSet<>();
    private final Set<String> refused = new LinkedHashSet<>();
    private final Set<String> granted = new LinkedHashSet<>();

    /**
     * @param admin is left open
     * @param until by {@link System#nanoTime()}, when to give up
     */
    public RightsCheck(Admin admin, Diagnosis diagnosis, long until) {
        this.admin = admin;
        this.diagnosis = diagnosis;
        this.until = until;
    }

    /**
     * Asks for all of them before it complains.
     *
     * @param needs a topic that {@link AclOperation#CREATE} is needed for may be absent
     * @return the needed topics that do not exist, in order
     * @throws MissingRightsException when Kafka refuses any of them
     */
    public Set<String> check(Collection<Need> needs) throws InterruptedException, ExecutionException, TimeoutException {
        absent.clear();
        refused.clear();
        granted.clear();
        topics(needs.stream().filter(need -> need.on() == ResourceType.TOPIC).toList());
        for (var need : needs) {
            if (need.on() == ResourceType.GROUP) {
                visible(need, admin.describeConsumerGroups(List.of(need.name())).all());
            } else if (need.on() == ResourceType.TRANSACTIONAL_ID) {
                visible(need, admin.describeTransactions(List.of(need.name())).all());
            }
        }
        if (!refused.isEmpty()) {
            throw new MissingRightsException(diagnosis.refused(refused, granted));
        }
        return Set.copyOf(absent);
    }

    private void topics(List<Need> needs) throws InterruptedException, ExecutionException, TimeoutException {
        var described = admin.describeTopics(
                        needs.stream().map(Need::name).toList(),
                        new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        for (var need : needs) {
            try {
                compare(need, await(described.get(need.name())));
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case UnknownTopicOrPartitionException _
                    when need.may().contains(AclOperation.CREATE) -> create(need);
                    case UnknownTopicOrPartitionException _ -> absent.add(need.name());
                    case AuthorizationException _ -> miss(AclOperation.DESCRIBE, need);
                    default -> throw e;
                }
            }
        }
    }

    private void compare(Need need, TopicDescription topic) {
        if (topic.authorizedOperations() != null) {
            var lacking = new TreeSet<>(need.may());
            lacking.removeAll(topic.authorizedOperations());
            lacking.remove(AclOperation.CREATE); // It is there.
            lacking.forEach(operation -> miss(operation, need));
        }
    }

    /** Only asks whether it might. */
    private void create(Need need) throws InterruptedException, ExecutionException, TimeoutException {
        var topic = new NewTopic(need.name(), java.util.Optional.of(1), java.util.Optional.empty());
        try {
            await(admin.createTopics(List.of(topic), new CreateTopicsOptions().validateOnly(true))
                    .all());
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case TopicExistsException _ -> {}
                case AuthorizationException _ -> miss(AclOperation.CREATE, need);
                default -> throw e;
            }
        }
    }

    private void visible(Need need, KafkaFuture<?> description)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            await(description);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case GroupIdNotFoundException _, TransactionalIdNotFoundException _ -> {}
                case AuthorizationException _ -> miss(AclOperation.DESCRIBE, need);
                default -> throw e;
            }
        }
    }

    private void miss(AclOperation operation, Need need) {
        refused.add(operation + " " + need.resource());
        granted.add((operation == AclOperation.DESCRIBE ? need.operations() : operation) + " " + need.resource());
    }

    private <T> T await(KafkaFuture<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
}

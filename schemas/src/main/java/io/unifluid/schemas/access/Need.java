package io.unifluid.schemas.access;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/** What a process must be allowed to do with one topic, group or transactional id; SECURITY.md has the table of all. */
public record Need(ResourceType on, String name, Set<AclOperation> may) {
    public Need {
        may = Set.copyOf(may);
    }

    public static Need topic(String name, AclOperation... may) {
        return new Need(ResourceType.TOPIC, name, Set.of(may));
    }

    public static Need group(String name, AclOperation... may) {
        return new Need(ResourceType.GROUP, name, Set.of(may));
    }

    public static Need cluster(AclOperation... may) {
        return new Need(ResourceType.CLUSTER, "kafka-cluster", Set.of(may));
    }

    public static Need transactionalId(String name) {
        return new Need(ResourceType.TRANSACTIONAL_ID, name, Set.of(AclOperation.WRITE));
    }

    /** For example {@code READ WRITE}. */
    String operations() {
        return may.stream().map(AclOperation::name).sorted().collect(Collectors.joining(" "));
    }

    /** For example {@code topic unifluid.results}. */
    String resource() {
        return on.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + name;
    }
}

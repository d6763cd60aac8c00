package io.unifluid.testkit;

import java.util.Locale;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * One thing that a user may do.
 *
 * @param user the row's, which is not always who gets it
 * @param name of the resource; with a {@code *} at its end, of all that begin so
 */
public record Right(String user, ResourceType resource, String name, AclOperation operation) {
    /** The same for somebody else; {@code <user>} in the name becomes theirs. */
    public Right of(String other) {
        return new Right(other, resource, name.replace("<user>", other), operation);
    }

    /** As Kafka's authorizer takes it. */
    public AclBinding binding() {
        var prefixed = name.endsWith("*");
        return new AclBinding(
                new ResourcePattern(
                        resource,
                        prefixed ? name.substring(0, name.length() - 1) : name,
                        prefixed ? PatternType.PREFIXED : PatternType.LITERAL),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }

    /** For example {@code READ topic unifluid.results}. */
    public String words() {
        return operation + " " + resource.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + name;
    }
}

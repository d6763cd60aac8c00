package io.unifluid.streams.running;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.RegistryErrors;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.access.Diagnosis;
import io.unifluid.schemas.access.Need;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a registry or a broker refuses an app around a topology, in one sentence. */
public final class StartRefusals {
    private static final Logger LOG = LoggerFactory.getLogger(StartRefusals.class);

    private StartRefusals() {}

    /**
     * Asks anew what is allowed, since Kafka's refusal of one thing does not say which right it lacks.
     *
     * @param needs throws an {@link IllegalStateException} of one sentence where something is not allowed
     */
    public static Optional<String> of(Throwable failure, Runnable needs, Diagnosis diagnosis) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidConfigurationException refusal) {
                try {
                    needs.run();
                } catch (IllegalStateException e) {
                    return Optional.of(e.getMessage());
                }
                return diagnosis.of(refusal, Need.topic("of the app", AclOperation.READ));
            }
        }
        return Optional.empty();
    }

    /**
     * Registers the schemas of these topics. A registry that is only silent is waited for: the threads try again, and the
     * app is not ready until then.
     *
     * @throws IllegalStateException one sentence, when the registry refuses
     */
    public static void register(Map<String, String> registry, List<? extends Topic<?>> written) {
        try {
            new AvroSerdes(registry).register(written);
        } catch (RegistryUnavailableException e) {
            if (RegistryErrors.refuses(e)) {
                throw new IllegalStateException(e.getMessage(), e);
            }
            LOG.warn("{}", e.getMessage());
        }
    }
}

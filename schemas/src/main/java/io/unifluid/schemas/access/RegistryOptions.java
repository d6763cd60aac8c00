package io.unifluid.schemas.access;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClientConfig;
import io.confluent.kafka.serializers.AbstractKafkaSchemaSerDeConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What an operator may say to the Schema Registry's client, by the names that Confluent gave it. */
public final class RegistryOptions {
    /** Where the registry is, among its client's settings. */
    public static final String URL = AbstractKafkaSchemaSerDeConfig.SCHEMA_REGISTRY_URL_CONFIG;

    private static final String TLS = SchemaRegistryClientConfig.CLIENT_NAMESPACE;
    private static final Set<String> KNOWN = known();
    /** Every name behind it is a header of the operator's choice. */
    private static final String HEADERS = AbstractKafkaSchemaSerDeConfig.REQUEST_HEADER_PREFIX;

    private static final Pattern USER_IN_URL = Pattern.compile("//[^/@]*@");

    private RegistryOptions() {}

    /**
     * The client's settings. TLS needs no second prefix: {@code ssl.truststore.location} is
     * {@code schema.registry.ssl.truststore.location}.
     *
     * @param before what stands before the names where the operator wrote them, for example {@code registry.}
     * @param url the registry's address
     * @throws IllegalArgumentException one sentence that names a setting that cannot be taken; it never shows a value
     */
    public static Map<String, String> of(String before, Map<String, String> given, String url) {
        var options = new HashMap<String, String>();
        for (var name : new TreeSet<>(given.keySet())) {
            if (name.equals(URL)) {
                throw new IllegalArgumentException("The setting " + before + name
                        + " cannot be given: the registry's address has a setting of its own.");
            }
            var full = name.startsWith("ssl.") ? TLS + name : name;
            if (!KNOWN.contains(full) && !full.startsWith(HEADERS)) {
                throw new IllegalArgumentException("The setting " + before + name
                        + " is not known: the registry's client has no such setting; correct its name or remove it.");
            }
            options.put(full, given.get(name));
        }
        options.put(URL, url);
        return options;
    }

    /** An address as it may be shown: without the user and the password that may stand in it. */
    public static String shown(String url) {
        return USER_IN_URL.matcher(url).replaceAll("//");
    }

    private static Set<String> known() {
        var known = new HashSet<>(AbstractKafkaSchemaSerDeConfig.baseConfigDef().names());
        known.addAll(Set.of(
                SchemaRegistryClientConfig.MISSING_CACHE_SIZE_CONFIG,
                SchemaRegistryClientConfig.MISSING_ID_CACHE_TTL_CONFIG,
                SchemaRegistryClientConfig.MISSING_VERSION_CACHE_TTL_CONFIG,
                SchemaRegistryClientConfig.MISSING_SCHEMA_CACHE_TTL_CONFIG));
        // Records are read as our own generated classes, whatever anybody sets.
        known.remove(AbstractKafkaSchemaSerDeConfig.SCHEMA_REFLECTION_CONFIG);
        return Set.copyOf(known);
    }
}

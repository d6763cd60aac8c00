package io.unifluid.connect;

import io.unifluid.schemas.access.RegistryOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.types.Password;

/** Where the schema registry is and how to get in, by the names that all parts of the system have for it. */
final class RegistryConfig {
    static final String BEFORE = "registry.";
    static final String URL = BEFORE + "url";

    private static final String GROUP = "Schema registry";

    private RegistryConfig() {}

    static ConfigDef define(ConfigDef def) {
        def.define(
                URL,
                Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                new ConfigDef.NonEmptyString(),
                Importance.HIGH,
                "The schema registry's address. Other settings of its client go behind " + BEFORE
                        + ", as for the apps.",
                GROUP,
                0,
                Width.LONG,
                "Schema registry");
        int order = 1;
        for (var name : List.of("basic.auth.credentials.source", "ssl.truststore.location")) {
            def.define(
                    BEFORE + name,
                    Type.STRING,
                    null,
                    Importance.LOW,
                    "As Confluent's client has it.",
                    GROUP,
                    order++,
                    Width.MEDIUM,
                    BEFORE + name);
        }
        for (var name : List.of("basic.auth.user.info", "ssl.truststore.password")) {
            def.define(
                    BEFORE + name,
                    Type.PASSWORD,
                    null,
                    Importance.LOW,
                    "As Confluent's client has it.",
                    GROUP,
                    order++,
                    Width.MEDIUM,
                    BEFORE + name);
        }
        return def;
    }

    /**
     * All that the registry's client is told.
     *
     * @throws IllegalArgumentException one sentence that names a setting that cannot be taken
     */
    static Map<String, String> of(AbstractConfig config) {
        var given = new HashMap<String, String>();
        config.originalsWithPrefix(BEFORE)
                .forEach((name, value) ->
                        given.put(name, value instanceof Password secret ? secret.value() : String.valueOf(value)));
        given.remove("url");
        return RegistryOptions.of(BEFORE, given, config.getString(URL));
    }
}

package io.unifluid.schemas.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingNamesTest {
    private static final List<String> GROUPS = List.of("kafka", "registry");
    private static final SettingNames NAMES = new SettingNames(
            Set.of(
                    "commit-interval",
                    "registry-url",
                    "retry.max-attempts",
                    "lanes.understand-bulk.max-items",
                    "lanes.generate-bulk.max-items",
                    "tenant-weights.*",
                    "kafka.*",
                    "registry.*"),
            "application.yml of the app");

    @Test
    void whatIsKnownIsNoTrouble() {
        assertThat(NAMES.unknown(List.of(
                        "commit-interval",
                        "commitInterval",
                        "lanes.understandBulk.max-items",
                        "tenant-weights.Acme",
                        "kafka.sasl.mechanism")))
                .isEmpty();
        assertThat(NAMES.unknownVariable(
                        List.of(
                                "APP_COMMIT_INTERVAL",
                                "APP_REGISTRY_URL",
                                "APP_REGISTRY_SSL_KEY_PASSWORD",
                                "APP_TENANT_WEIGHTS_ACME",
                                "OTHER_COMIT"),
                        "APP_",
                        GROUPS))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        comit-interval              | the nearest is commit-interval, and application.yml of the app lists all of them.
        commit.interval             | the nearest is commit-interval, and application.yml of the app lists all of them.
        retry-max-attempts          | the nearest is retry.max-attempts, and application.yml of the app lists all of them.
        lanes.understand.max-items  | the nearest is lanes.understand-bulk.max-items, and application.yml of the app lists all of them.
        tenant-weights              | application.yml of the app lists all of them.
        picture-of-the-day          | application.yml of the app lists all of them.
        """)
    void anUnknownNameIsSaidWithTheNearestOne(String name, String advice) {
        assertThat(NAMES.unknown(List.of("commit-interval", name)))
                .hasValue("The setting " + name + " is not known; " + advice);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        APP_COMIT_INTERVAL               | the nearest is APP_COMMIT_INTERVAL, and application.yml of the app lists all of them.
        APP_LANES_GENERATE_BULK_MAX_ITEM | the nearest is APP_LANES_GENERATE_BULK_MAX_ITEMS, and application.yml of the app lists all of them.
        APP_TENANT_WEIGHTS_              | application.yml of the app lists all of them.
        APP_PICTURE                      | application.yml of the app lists all of them.
        """)
    void anUnknownVariableIsSaidAsItIsWritten(String variable, String advice) {
        assertThat(NAMES.unknownVariable(List.of("PATH", variable), "APP_", GROUPS))
                .hasValue("The setting " + variable + " in the environment is not known; " + advice);
    }

    @ParameterizedTest
    @CsvSource({
        "RETRY_MAX_ATTEMPTS, retry.max-attempts",
        "LANES_UNDERSTAND_BULK_MAX_ITEMS, lanes.understand-bulk.max-items",
        "TENANT_WEIGHTS_ACME, tenant-weights.acme",
        "KAFKA_SECURITY_PROTOCOL, kafka.security.protocol",
        "REGISTRY_URL, registry-url",
        "REGISTRY_BASIC_AUTH_USER_INFO, registry.basic.auth.user.info"
    })
    void aVariableMeansTheOneNameThatIsKnown(String rest, String name) {
        assertThat(NAMES.named(rest, GROUPS)).hasValue(name);
    }
}

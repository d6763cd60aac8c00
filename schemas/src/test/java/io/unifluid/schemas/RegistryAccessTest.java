package io.unifluid.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.access.RegistryOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry behind passwords, tokens and TLS, over real connections; settings as an operator writes them. */
final class RegistryAccessTest {
    private static final String SECRET = "changeit";
    private static final Control CONTROL =
            Control.newBuilder().setRequestId("r-1").setKind(ControlKind.CANCEL).build();

    @TempDir
    Path folder;

    @Test
    void aUserAndAPasswordAreSent() {
        try (var registry = StubRegistry.start().wants("me", "secret")) {
            assertWorks(
                    registry,
                    Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "me:secret"));
        }
    }

    @Test
    void aUserAndAPasswordInTheAddressAreSent() {
        try (var registry = StubRegistry.start().wants("me", "secret")) {
            var url = registry.url().replace("//", "//me:secret@");
            assertWorks(registry, url, Map.of("basic.auth.credentials.source", "URL"));
        }
    }

    @Test
    void aTokenIsSent() {
        try (var registry = StubRegistry.start().wantsToken("abc")) {
            assertWorks(registry, Map.of("bearer.auth.credentials.source", "STATIC_TOKEN", "bearer.auth.token", "abc"));
        }
    }

    @Test
    void wrongCredentialsAreSaidToBeWrong() {
        try (var registry = StubRegistry.start().wants("me", "secret")) {
            assertRefused(
                    registry,
                    Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "me:wrong"),
                    "does not accept the credentials (HTTP 401)",
                    "registry.basic.auth.user.info");
            assertRefused(registry, Map.of(), "does not accept the credentials (HTTP 401)");
        }
    }

    @Test
    void aMissingRightIsSaidToBeMissing() {
        try (var registry =
                StubRegistry.start().answersAlways(403, "{\"error_code\":40301,\"message\":\"Forbidden\"}")) {
            assertRefused(registry, Map.of(), "forbids this", "registry.basic.auth.user.info", "HTTP 403");
        }
    }

    @Test
    void whatIsNoRegistryIsSaidToBeNone() {
        var page = "<html><body>Sign in</body></html>";
        try (var registry = StubRegistry.start().answersAlways(200, page)) {
            assertRefused(registry, Map.of("max.retries", "0"), "registry-url");
            registry.answersAlways(404, page);
            assertRefused(registry, Map.of(), "registry-url");
            for (var emptyAnswer : List.of("", "{}")) {
                registry.answersAlways(emptyAnswer.isEmpty() ? 204 : 200, emptyAnswer);
                assertThatThrownBy(() -> serdes(registry.url(), Map.of("max.retries", "0"))
                                .deserializer(Topics.CONTROLS)
                                .deserialize("t", new byte[6]))
                        .isInstanceOf(RegistryUnavailableException.class)
                        .hasMessageContaining("registry-url");
            }
        }
    }

    @Test
    void aRegistryInTroubleIsNoRecordsFault() {
        try (var registry = StubRegistry.start().answersAlways(503, "{\"error_code\":50301,\"message\":\"later\"}")) {
            assertRefused(registry, Map.of("max.retries", "0"), "HTTP 503");
        }
    }

    @Test
    void tlsWithATruststoreOfOnesOwnWorksAndWithoutItSaysWhatToSet() throws Exception {
        var keys = folder.resolve("keys.p12");
        var trust = folder.resolve("trust.p12");
        var certificate = folder.resolve("registry.pem");
        keytool("-genkeypair", keys, "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1");
        keytool("-exportcert", keys, "-rfc", "-file", certificate.toString());
        keytool("-importcert", trust, "-noprompt", "-file", certificate.toString());
        try (var registry = StubRegistry.startTls(serving(keys))) {
            assertWorks(
                    registry,
                    Map.of(
                            "ssl.truststore.location",
                            trust.toString(),
                            "ssl.truststore.type",
                            "PKCS12",
                            "ssl.truststore.password",
                            SECRET));
            assertWorks(
                    registry, Map.of("ssl.truststore.location", certificate.toString(), "ssl.truststore.type", "PEM"));
            assertRefused(registry, Map.of("max.retries", "0"), "TLS connection", "registry.ssl.truststore.location");
        }
    }

    @Test
    void aTruststoreThatIsNotThereStopsTheStart() {
        assertThatThrownBy(() -> serdes(
                                "https://127.0.0.1:1",
                                Map.of(
                                        "ssl.truststore.location",
                                        folder.resolve("none").toString()))
                        .deserializer(Topics.CONTROLS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("registry");
    }

    private static void assertWorks(StubRegistry registry, Map<String, String> settings) {
        assertWorks(registry, registry.url(), settings);
    }

    private static void assertWorks(StubRegistry registry, String url, Map<String, String> settings) {
        registry.holds(1, Control.getClassSchema().toString());
        var serdes = serdes(url, settings);
        var bytes = serdes.serializer(Topics.CONTROLS).serialize(Topics.CONTROLS.name(), CONTROL);
        assertThat(serdes.deserializer(Topics.CONTROLS).deserialize(Topics.CONTROLS.name(), bytes))
                .isEqualTo(CONTROL);
    }

    private static void assertRefused(StubRegistry registry, Map<String, String> settings, String... named) {
        var serdes = serdes(registry.url(), settings);
        assertThatThrownBy(() -> serdes.serializer(Topics.CONTROLS).serialize(Topics.CONTROLS.name(), CONTROL))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContainingAll(named);
        assertThatThrownBy(() -> serdes.deserializer(Topics.CONTROLS)
                        .deserialize(Topics.CONTROLS.name(), new byte[] {0, 0, 0, 0, 1, 0}))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContainingAll(named);
    }

    private static AvroSerdes serdes(String url, Map<String, String> settings) {
        return new AvroSerdes(RegistryOptions.of("registry.", new HashMap<>(settings), url));
    }

    private static SSLContext serving(Path keys) throws Exception {
        var store = KeyStore.getInstance(keys.toFile(), SECRET.toCharArray());
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, SECRET.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(String action, Path store, String... more) throws Exception {
        var command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                action,
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                SECRET,
                "-alias",
                "registry"));
        command.addAll(List.of(more));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(5, TimeUnit.MINUTES) && process.exitValue() == 0)
                .as(said)
                .isTrue();
        assertThat(Files.exists(store)).isTrue();
    }
}

package io.unifluid.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micronaut.context.ApplicationContextBuilder;
import io.micronaut.context.env.yaml.YamlPropertySourceLoader;
import io.unifluid.service.config.Refusals;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The file that operators read is the code's own truth. */
final class ApplicationYmlTest {
    private static final Map<String, Object> REQUIRED = Map.of("unifluid.gateway.blob-store", "/var/blobs");

    @Test
    void itNamesEverySettingAndNoOther() throws IOException {
        assertThat(written().keySet()).containsExactlyInAnyOrderElementsOf(SettingsReader.SETTINGS.known());
    }

    @Test
    void everyDefaultInItIsTheOneOfTheCode() {
        var code = GatewayContext.reading(REQUIRED, Map.of()).enableDefaultPropertySources(false);
        assertThat(read(GatewayContext.reading(REQUIRED, Map.of()))).isEqualTo(read(code));
    }

    @Test
    void anUnknownNameStopsTheStart() {
        assertThatThrownBy(() -> read(GatewayContext.reading(
                        Map.of("unifluid.gateway.http-prt", "1", "unifluid.gateway.blob-store", "/b"), Map.of())))
                .hasMessageContaining("the nearest is unifluid.gateway.http-port");
        assertThatThrownBy(() -> GatewayContext.reading(REQUIRED, Map.of("UNIFLUID_GATEWAY_MAX_BODI", "1")))
                .hasMessageContaining("UNIFLUID_GATEWAY_MAX_BODY");
    }

    @Test
    void aValueOutOfItsBoundsStopsTheStart() {
        assertThatThrownBy(() -> read(GatewayContext.reading(REQUIRED, Map.of("UNIFLUID_GATEWAY_MAX_BODY", "1"))))
                .hasMessage("max-body is 1; give a whole number from 1024 to 1073741824.");
        assertThatThrownBy(() -> read(GatewayContext.reading(Map.of(), Map.of())))
                .hasMessageContaining("UNIFLUID_GATEWAY_BLOB_STORE");
    }

    private static GatewaySettings read(ApplicationContextBuilder builder) {
        try (var context = builder.start()) {
            return context.getBean(GatewaySettings.class);
        } catch (RuntimeException e) {
            throw Refusals.unwrapped(e, IllegalArgumentException.class);
        }
    }

    private static Map<String, Object> written() throws IOException {
        try (var in = ApplicationYmlTest.class.getResourceAsStream("/application.yml")) {
            return new YamlPropertySourceLoader().read("application", in);
        }
    }
}

package io.unifluid.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.web.router.Router;
import io.unifluid.gateway.config.GatewayContext;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What the build wrote is what is routed. */
final class ApiDescriptionTest {
    /** The operator's own, which callers have nothing to do with. */
    private static final Set<String> NOT_OF_THE_API = Set.of("/health", "/ready", "/metrics", "/openapi.yaml");

    @Test
    void itNamesEveryRouteAndNoOther() throws Exception {
        var routed = new TreeSet<String>();
        try (var context =
                GatewayContext.of(Map.of("unifluid.gateway.blob-store", "/b")).start()) {
            context.getBean(Router.class).uriRoutes().forEach(route -> {
                var path = route.getUriMatchTemplate().toPathString().replaceAll(":[^}]+}", "}");
                boolean ofTheFramework = route.getHttpMethodName().equals("HEAD");
                if (!ofTheFramework && !NOT_OF_THE_API.contains(path)) {
                    routed.add(route.getHttpMethodName() + " " + path);
                }
            });
        }
        assertThat(described()).containsExactlyElementsOf(routed).hasSizeGreaterThan(10);
    }

    private static Set<String> described() throws Exception {
        try (var in = ApiDescription.class.getResourceAsStream("/META-INF/swagger/openapi.yml")) {
            Map<String, Object> api = new Yaml().load(in);
            var all = new TreeSet<String>();
            ((Map<?, ?>) api.get("paths"))
                    .forEach((path, methods) -> new ArrayList<>(((Map<?, ?>) methods).keySet())
                            .forEach(method -> all.add(method.toString().toUpperCase(Locale.ROOT) + " " + path)));
            return all;
        }
    }
}

package io.unifluid.gateway.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import java.io.IOException;

/** All paths in OpenAPI's words, written by the build from the controllers themselves. Without a key. */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "UniFluid gateway",
                        version = "1",
                        description =
                                "Pictures described, asked about, made and changed. The README has the members of bodies."))
@Controller("/openapi.yaml")
final class ApiDescription {
    private static final String WRITTEN = "/META-INF/swagger/openapi.yml";

    private final byte[] yaml;

    ApiDescription() throws IOException {
        try (var in = ApiDescription.class.getResourceAsStream(WRITTEN)) {
            yaml = in.readAllBytes();
        }
    }

    @Hidden
    @Get(produces = "application/yaml")
    HttpResponse<byte[]> yaml() {
        return HttpResponse.ok(yaml);
    }
}

package io.unifluid.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of cases: whose fault it is, and what the sentence names. */
final class RegistryErrorsTest {
    static Stream<Arguments> theRegistrys() {
        return Stream.of(
                Arguments.of(answer(401, 40101), "registry.basic.auth.user.info"),
                Arguments.of(answer(401, 401), "credentials"),
                Arguments.of(answer(403, 40301), "registry.basic.auth.user.info"),
                Arguments.of(answer(404, 404), "registry-url"),
                Arguments.of(answer(404, 0), "registry-url"),
                Arguments.of(answer(404, 50005), "registry-url"),
                Arguments.of(answer(302, 50005), "HTTP 302"),
                Arguments.of(answer(400, 400), "HTTP 400"),
                Arguments.of(answer(405, 405), "HTTP 405"),
                Arguments.of(answer(409, 409), "refuses to register"),
                Arguments.of(answer(422, 42201), "refuses to register"),
                Arguments.of(answer(429, 429), "HTTP 429"),
                Arguments.of(new ThrottlingQuotaExceededException("slow down"), "HTTP 429"),
                Arguments.of(answer(500, 50001), "HTTP 500"),
                Arguments.of(answer(502, 50005), "HTTP 502"),
                Arguments.of(answer(503, 50302), "HTTP 503"),
                Arguments.of(new ConnectException("Connection refused"), "cannot be reached (Connection refused)"),
                Arguments.of(new NoRouteToHostException("No route to host"), "cannot be reached"),
                Arguments.of(new UnknownHostException("registry.example"), "registry.example is not known"),
                Arguments.of(new SocketException("Connection reset"), "Connection reset"),
                Arguments.of(new SocketTimeoutException("Read timed out"), "in time"),
                Arguments.of(new SSLHandshakeException("unable to find valid path"), "ssl.truststore.location"),
                Arguments.of(new IOException("Unexpected character '<'"), "does not answer as a schema registry"),
                Arguments.of(new RegistryUnavailableException("Its own sentence.", null), "Its own sentence."));
    }

    @ParameterizedTest
    @MethodSource("theRegistrys")
    void aRegistryThatFailsIsNoRecordsFaultAndTheSentenceSaysWhatToDo(Exception failure, String named) {
        assertThat(RegistryErrors.away(new SerializationException("Error retrieving", failure)))
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .contains(named)
                        .endsWith(".")
                        .doesNotContain("Exception", "java.", "io.confluent", "\n"));
    }

    @Test
    void waitingHelpsAgainstSilenceAndNotAgainstARefusal() {
        assertThat(Stream.of(401, 403, 404, 409, 422))
                .allMatch(status -> RegistryErrors.refuses(new SerializationException("", answer(status, status))));
        assertThat(Stream.of(408, 429, 500, 502, 503))
                .noneMatch(status -> RegistryErrors.refuses(new SerializationException("", answer(status, status))));
        assertThat(RegistryErrors.refuses(new SerializationException("", new ConnectException())))
                .isFalse();
    }

    static Stream<Exception> notTheRegistrys() {
        return Stream.of(
                answer(404, 40401),
                answer(404, 40402),
                answer(404, 40403),
                new UndecodableRecordException("The record ends too early."),
                new AvroRuntimeException("Malformed data"),
                new NullPointerException(),
                new IllegalStateException("x", new UndecodableRecordException("y")));
    }

    @ParameterizedTest
    @MethodSource("notTheRegistrys")
    void anUnknownSchemaAndABadRecordAreNotTheRegistrysFault(Exception failure) {
        assertThat(RegistryErrors.away(failure)).isEmpty();
        assertThat(RegistryErrors.away(new SerializationException("Error", failure)))
                .isEmpty();
    }

    @Test
    void aRecordsOwnFaultHidesWhatIsBehindIt() {
        var undecodable = new UndecodableRecordException("The record ends too early.");
        undecodable.initCause(new EOFException());

        assertThat(RegistryErrors.away(undecodable)).isEmpty();
    }

    private static RestClientException answer(int status, int code) {
        return new RestClientException("said so", status, code);
    }
}

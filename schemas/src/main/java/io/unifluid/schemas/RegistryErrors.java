package io.unifluid.schemas;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;

/**
 * The one answer to "is the registry away?". Only a registry that answers that it has no such schema speaks about a
 * record; whatever else goes wrong with it is no record's fault: who met it stops or tries again, and says why it is not
 * ready.
 *
 * <pre>
 * 404 with the codes 40401, 40402, 40403          the record's: it names a schema that is not registered
 * 401, 403                                        credentials and rights
 * 404 otherwise, another status, no JSON          not the address of a schema registry
 * 409, 422                                        it refuses to register a schema of ours
 * 429, 5xx                                        it is in trouble
 * no connection, no name, no answer in time, TLS  it cannot be reached
 * </pre>
 */
public final class RegistryErrors {
    private static final int SUBJECT_UNKNOWN = 40401;
    private static final int SCHEMA_UNKNOWN = 40403;
    private static final int LONGEST_DETAIL = 200;
    private static final String TOO_MUCH = "The schema registry has too much to do (HTTP 429): it is asked again.";

    /**
     * One sentence that says what is wrong with the registry and what to do, if the registry is what failed; empty if it
     * answered that there is no such schema, or if something else failed.
     */
    public static Optional<String> away(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case UndecodableRecordException _ -> {
                    return Optional.empty();
                }
                case RegistryUnavailableException away -> {
                    return Optional.of(away.getMessage());
                }
                case RestClientException answer -> {
                    return unknown(answer) ? Optional.empty() : Optional.of(refusal(answer));
                }
                case ThrottlingQuotaExceededException _ -> { // What the serializer makes of 429, without its cause.
                    return Optional.of(TOO_MUCH);
                }
                case IOException silence -> {
                    return Optional.of(silence(silence));
                }
                default -> {}
            }
        }
        return Optional.empty();
    }

    /** Whether the registry answered and will answer the same again, so that waiting for it is of no use. */
    public static boolean refuses(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RestClientException answer) {
                return answer.getStatus() < 500 && answer.getStatus() != 429 && answer.getStatus() != 408;
            }
        }
        return false;
    }

    /** Whether the registry says that it has no such schema, subject or version. */
    private static boolean unknown(RestClientException answer) {
        return answer.getStatus() == 404
                && answer.getErrorCode() >= SUBJECT_UNKNOWN
                && answer.getErrorCode() <= SCHEMA_UNKNOWN;
    }

    private static String refusal(RestClientException answer) {
        int status = answer.getStatus();
        return switch (status) {
            case 401 ->
                "The schema registry does not accept the credentials (HTTP 401): set registry.basic.auth.credentials.source=USER_INFO and registry.basic.auth.user.info=NAME:PASSWORD.";
            case 403 ->
                "The schema registry forbids this to the user of registry.basic.auth.user.info (HTTP 403): let that user read schemas, and register them unless registry.auto.register.schemas is false.";
            case 404 ->
                "The registry's address is not that of a schema registry (HTTP 404): check registry-url, its path included.";
            case 409, 422 ->
                "The schema registry refuses to register a schema of this version (HTTP " + status + ", "
                        + detail(answer) + "): compare it with the subject's registered ones.";
            case 429 -> TOO_MUCH;
            default ->
                status >= 500
                        ? "The schema registry is in trouble (HTTP " + status + ", " + detail(answer)
                                + "): see its log."
                        : "The registry's address answers with HTTP " + status
                                + ", as no schema registry does: check registry-url, its path included.";
        };
    }

    private static String silence(IOException failure) {
        return switch (failure) {
            case UnknownHostException _ ->
                "The schema registry's host " + detail(failure) + " is not known: check registry-url.";
            case SocketTimeoutException _ ->
                "The schema registry does not answer in time: check that it runs and is not overloaded.";
            case SSLException _ ->
                "The TLS connection to the schema registry failed (" + detail(failure)
                        + "): check registry-url and registry.ssl.truststore.location.";
            case ConnectException _, NoRouteToHostException _ ->
                "The schema registry cannot be reached (" + detail(failure) + "): check registry-url and that it runs.";
            case SocketException _ ->
                "The connection to the schema registry broke (" + detail(failure) + "): check that it runs.";
            default ->
                "The registry's address does not answer as a schema registry does: check registry-url, its path included.";
        };
    }

    private static String detail(Exception failure) {
        return failure.getMessage() == null ? "no reason given" : OneLine.of(failure.getMessage(), LONGEST_DETAIL);
    }

    private RegistryErrors() {}
}

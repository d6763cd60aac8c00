package io.unifluid.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * TLS and passwords of a broker: every listener speaks SASL_SSL, users log in with SCRAM-SHA-512, and nobody may do what
 * no right says. The certificate is made by the JDK's keytool and is good for the loopback address.
 */
final class BrokerSecurity {
    static final String ADMIN = "admin";
    /** The broker to itself. Controllers know no SCRAM before they have read their metadata, so it uses PLAIN. */
    private static final String BROKER = "broker";

    private static final String MECHANISM = "SCRAM-SHA-512";
    /**
     * In place of AES, which is fast in Java only as the second compiler makes it, and tests run without that (pom.xml): there
     * this takes a fifth of the time (92 and 20 MB a second), and half of a secured test's time went into it.
     */
    private static final String CIPHER = "TLS_CHACHA20_POLY1305_SHA256";

    private static final String STORE_PASSWORD = "store-secret";

    private final Path folder;

    /** @param folder for the certificates; its owner removes it */
    BrokerSecurity(Path folder) {
        this.folder = folder;
        keytool(
                "-genkeypair",
                "-alias",
                "broker",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "SAN=ip:127.0.0.1,dns:localhost",
                "-keyalg",
                "EC",
                "-keystore",
                keyStore());
        keytool("-exportcert", "-alias", "broker", "-keystore", keyStore(), "-file", certificate());
        keytool("-importcert", "-noprompt", "-alias", "broker", "-file", certificate(), "-keystore", trustStore());
    }

    /** What the password of a user is, for tests that look for it where it must not be. */
    static String password(String user) {
        return user + "-secret";
    }

    /** The broker's settings, over the plain ones. */
    Properties broker(int port, int controllerPort) {
        var p = new Properties();
        p.setProperty("listeners", "SECURE://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        p.setProperty("advertised.listeners", "SECURE://127.0.0.1:" + port);
        p.setProperty("listener.security.protocol.map", "SECURE:SASL_SSL,CONTROLLER:SASL_SSL");
        p.setProperty("inter.broker.listener.name", "SECURE");
        p.setProperty("sasl.enabled.mechanisms", MECHANISM + ",PLAIN");
        p.setProperty("sasl.mechanism.inter.broker.protocol", "PLAIN");
        p.setProperty("sasl.mechanism.controller.protocol", "PLAIN");
        p.setProperty("listener.name.secure.plain.sasl.jaas.config", login("plain.Plain", BROKER, plainUser()));
        p.setProperty("listener.name.controller.plain.sasl.jaas.config", login("plain.Plain", BROKER, plainUser()));
        p.setProperty(
                "listener.name.secure.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        p.setProperty(
                "listener.name.controller.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        p.setProperty("ssl.cipher.suites", CIPHER);
        p.setProperty("ssl.keystore.location", keyStore());
        p.setProperty("ssl.keystore.password", STORE_PASSWORD);
        p.setProperty("ssl.truststore.location", trustStore());
        p.setProperty("ssl.truststore.password", STORE_PASSWORD);
        p.setProperty("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        p.setProperty("super.users", "User:" + BROKER + ";User:" + ADMIN);
        return p;
    }

    /** For the formatting: users that are there from the start. */
    static List<String> credentials() {
        return Stream.concat(Stream.of(ADMIN), Rights.users().stream())
                .map(user -> MECHANISM + "=[name=" + user + ",password=" + password(user) + "]")
                .toList();
    }

    /** For a user that comes later. */
    static UserScramCredentialUpsertion credential(String user) {
        return new UserScramCredentialUpsertion(
                user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password(user));
    }

    /** What a Kafka client of this user is told beside the address. */
    Map<String, String> client(String user) {
        return Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                MECHANISM,
                "sasl.jaas.config",
                login("scram.Scram", user, ""),
                "ssl.truststore.location",
                trustStore(),
                "ssl.truststore.password",
                STORE_PASSWORD);
    }

    private static String plainUser() {
        return " user_" + BROKER + "=\"" + password(BROKER) + "\"";
    }

    private static String login(String module, String user, String more) {
        return "org.apache.kafka.common.security." + module + "LoginModule required username=\"" + user
                + "\" password=\"" + password(user) + "\"" + more + ";";
    }

    private String keyStore() {
        return folder.resolve("broker.p12").toString();
    }

    private String certificate() {
        return folder.resolve("broker.crt").toString();
    }

    private String trustStore() {
        return folder.resolve("trust.p12").toString();
    }

    private static void keytool(String... arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", STORE_PASSWORD));
        try {
            var log = Files.createTempFile("keytool", ".log");
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException("keytool failed: " + Files.readString(log));
            }
            Files.delete(log);
        } catch (IOException e) {
            throw new UncheckedIOException("keytool could not be run.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while certificates were made.", e);
        }
    }
}

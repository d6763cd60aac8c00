package io.unifluid.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.util.ClassSecurityValidator;
import org.junit.jupiter.api.Test;

final class TrustedClassesTest {
    /** A program that has the jar, builds a record and touches nothing else. */
    static final class Sender {
        public static void main(String[] args) {
            var control = Control.newBuilder().setRequestId("r-1").build();
            System.out.println(control.getKind());
        }
    }

    @Test
    void whoeverHasTheJarBuildsRecordsWithoutAFlag() throws Exception {
        var process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sender.class.getName()))
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(said.lines()).contains("UNKNOWN");
    }

    @Test
    void onlyGeneratedClassesAreTrustedAndNotTheirPackage() {
        TrustedClasses.install();
        for (var trusted : List.of(InferenceRequest.class, Priority.class, FailureKind.class, MicroBatch.class)) {
            ClassSecurityValidator.validate(trusted);
        }
        for (var other : List.of(
                AvroSerdes.class,
                java.util.Formatter.class,
                java.io.File.class,
                java.net.URL.class,
                java.util.HashMap.class,
                javax.naming.InitialContext.class)) {
            assertThatThrownBy(() -> ClassSecurityValidator.validate(other))
                    .as(other.getName())
                    .isInstanceOf(SecurityException.class);
        }
    }
}

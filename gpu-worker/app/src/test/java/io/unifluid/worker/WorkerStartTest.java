package io.unifluid.worker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.inference.BundleException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Why a process cannot start is one sentence, whatever stands around it in the stack trace. */
final class WorkerStartTest {
    private static WorkerRunner with(String variable, String value) {
        Map<String, String> variables = new HashMap<>(Map.of(
                "UNIFLUID_WORKER_MODEL", "noop",
                "UNIFLUID_WORKER_BLOB_STORE", "/tmp/blobs",
                "UNIFLUID_WORKER_BOOTSTRAP_SERVERS", "localhost:1",
                "UNIFLUID_WORKER_HTTP_PORT", "0"));
        variables.put(variable, value);
        return WorkerRunner.ofProcess(variables);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        UNIFLUID_WORKER_BLOB_STORE       | ' ' | blob-store is empty; set UNIFLUID_WORKER_BLOB_STORE to a folder or to s3://bucket/prefix.
        UNIFLUID_WORKER_READERS_PER_LANE | 99  | readers-per-lane is 99; give a whole number from 1 to 16.
        UNIFLUID_WORKER_DRAIN            | 5x  | unifluid.worker.drain is '5x'; give a duration such as 30s.
        """)
    void aSettingThatCannotBeUsedIsSaid(String variable, String value, String sentence) {
        try (WorkerRunner worker = with(variable, value)) {
            assertThatThrownBy(worker::start)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(sentence);
        }
    }

    @Test
    void aVariableThatNothingReadsIsSaid() {
        assertThatThrownBy(() -> with("UNIFLUID_WORKER_DRAINS", "5s"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The setting UNIFLUID_WORKER_DRAINS in the environment is not known; the nearest is"
                        + " UNIFLUID_WORKER_DRAIN, and application.yml of the worker lists all of them.");
    }

    @Test
    void aBundleThatIsNotThereIsSaid() {
        try (WorkerRunner worker = with("UNIFLUID_WORKER_MODEL", "/nowhere")) {
            assertThatThrownBy(worker::start)
                    .isInstanceOf(BundleException.class)
                    .hasMessage("Bundle /nowhere: there is no such folder; name the folder of a model.");
        }
    }
}

package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.ResultStatus;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.Requests;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for an answer does not wait for the time that a transaction takes otherwise. */
final class PromptCommitIT {
    @TempDir
    static Path scratch;

    @Test
    void anInteractiveRequestEndsTheTransactionsThatItPassesThrough() throws Exception {
        var gate = new Gate();
        var transactions = Map.of(
                "kafka.commit.interval.ms", "600000",
                "kafka.producer.transaction.timeout.ms", "660000");
        try (var path = WholePath.start(scratch, transactions, Optional.of(() -> new ScriptedModel(gate::hold)))) {
            path.client.send(Requests.generate("visitor", "a duck", 1).build());

            assertThat(path.client.await("visitor", Await.PATIENCE).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        }
    }
}

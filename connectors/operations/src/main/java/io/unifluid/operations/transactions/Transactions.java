package io.unifluid.operations.transactions;

import io.unifluid.client.Cluster;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.HangingTransactions;
import io.unifluid.schemas.access.HangingTransactions.Hanging;
import io.unifluid.schemas.access.Need;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;

/** Transactions on a cluster that nobody will end. */
public final class Transactions {
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(15);

    private Transactions() {}

    /**
     * Those that hang in any topic that may be seen.
     *
     * @param patience how long nothing must have moved behind one; this takes as long
     * @param abort whether to end them, which takes the right to alter the cluster
     * @throws EnvironmentProblem when the cluster does not tell, or does not let them be ended
     */
    public static List<Hanging> hanging(Cluster cluster, Duration patience, boolean abort) {
        try (var admin = Admin.create(cluster.admin())) {
            var transactions = new HangingTransactions(admin, patience, ANSWERS_WITHIN);
            transactions.look(transactions.everywhere(), Instant.now());
            Thread.sleep(patience);
            var found = transactions.look(transactions.everywhere(), Instant.now());
            for (var one : abort ? found : List.<Hanging>of()) {
                transactions.abort(one);
            }
            return found;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException refused
                    ? cluster.refused(refused, Need.cluster(abort ? AclOperation.ALTER : AclOperation.DESCRIBE))
                    : new IllegalStateException(e.getCause());
        } catch (KafkaException e) {
            throw cluster.refused(e, Need.cluster(AclOperation.DESCRIBE));
        } catch (TimeoutException e) {
            throw new EnvironmentProblem(
                    "The broker " + cluster.bootstrapServers() + " does not answer: check that it runs.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("The look at the transactions was interrupted.", e);
        }
    }
}

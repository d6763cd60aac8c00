package io.unifluid.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.ResultStatus;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.SampleArchive;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Faults in the middle of work; afterwards every request has exactly one result, and a good one. */
@ExtendWith(InContainers.class)
final class FaultsIT {
    private static final int REQUESTS = 300;
    private static final int MOST_WAVES = 5;
    private static final int BEFORE_THE_FAULT = 10;
    private static final Duration FAULT = Duration.ofSeconds(8);
    /** What takes longer than this is told of in the log of the test, with where it lies. */
    private static final Duration USUAL = Duration.ofSeconds(90);
    /** Longer than anything that could still write a second result takes, idle polls and commits included. */
    private static final Duration QUIET = Duration.ofSeconds(3);

    private final ContainerPath path;

    FaultsIT(ContainerPath path) {
        this.path = path;
    }

    @Test
    void survivesTheDeathOfTheWorker() throws Exception {
        var ids = sendUntilInTheMiddle("worker-killed");
        path.faults().kill(path.worker);
        path.faults().startAgain(path.worker);
        path.awaitHealthy(path.worker);

        assertExactlyOneResultEach(ids);
    }

    @Test
    void survivesABrokerThatStandsStill() throws Exception {
        var ids = sendUntilInTheMiddle("broker-frozen");
        path.faults().freeze(path.broker, FAULT);

        assertExactlyOneResultEach(ids);
    }

    @Test
    void survivesAStreamsAppWithoutItsNetwork() throws Exception {
        var ids = sendUntilInTheMiddle("streams-cut-off");
        path.faults().cutOff(path.streams, FAULT);

        assertExactlyOneResultEach(ids);
    }

    /** Returns when some have a result and others have none. Many may come at once, by one transaction: then more are sent. */
    private List<String> sendUntilInTheMiddle(String prefix) {
        var ids = new ArrayList<String>();
        for (int wave = 0; wave < MOST_WAVES; wave++) {
            var sent = send(prefix + "-" + wave);
            ids.addAll(sent);
            Await.until("the first results", () -> missing(sent) <= REQUESTS - BEFORE_THE_FAULT);
            if (missing(sent) > 0) {
                return ids;
            }
        }
        throw new AssertionError(
                "The results of " + MOST_WAVES + " times " + REQUESTS + " requests came all at once each.");
    }

    private List<String> send(String prefix) {
        var scenes = SampleArchive.scenes();
        var ids = IntStream.range(0, REQUESTS).mapToObj(i -> prefix + "-" + i).toList();
        path.client()
                .sendAll(IntStream.range(0, REQUESTS)
                        .mapToObj(i -> Requests.caption(
                                        ids.get(i),
                                        scenes.get(i % scenes.size()).bytes())
                                .setReuse(false)
                                .build())
                        .toList());
        return ids;
    }

    private long missing(List<String> ids) {
        return ids.stream().filter(id -> path.client().resultsOf(id).isEmpty()).count();
    }

    private void assertExactlyOneResultEach(List<String> ids) throws InterruptedException {
        try {
            path.client().awaitAll(ids, USUAL);
        } catch (AssertionError late) {
            System.out.println("LATE: " + late.getMessage());
        }
        var results = path.client().awaitAll(ids, Await.PATIENCE);
        Thread.sleep(QUIET);
        assertThat(ids).allSatisfy(id -> assertThat(path.client().resultsOf(id)).hasSize(1));
        assertThat(results.values())
                .allSatisfy(result ->
                        assertThat(result.getStatus()).as("%s", result).isEqualTo(ResultStatus.SUCCEEDED));
    }
}

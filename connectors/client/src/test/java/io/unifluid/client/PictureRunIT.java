package io.unifluid.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on a real broker where nobody answers but this test. */
final class PictureRunIT {
    @TempDir
    private Path folder;

    private static LocalBroker broker;
    private static LocalRegistry registry;

    private Counterpart counterpart;
    private UniFluidClient client;

    @BeforeAll
    static void startBroker() {
        broker = LocalBroker.startWithTopics();
        registry = LocalRegistry.mock();
    }

    @AfterAll
    static void stopBroker() {
        registry.close();
        broker.close();
    }

    @BeforeEach
    void connect() {
        counterpart = new Counterpart(broker.bootstrapServers(), registry.url());
        client = UniFluidClient.connect(broker.bootstrapServers(), registry.url());
    }

    @AfterEach
    void close() {
        client.close();
        counterpart.close();
    }

    private List<Path> files(int count) throws Exception {
        var files = new ArrayList<Path>();
        for (int i = 0; i < count; i++) {
            files.add(Files.write(folder.resolve(i + ".png"), new byte[] {1}));
        }
        return files;
    }

    @Test
    void aStoppedRunCancelsWhatIsOnItsWayAndEveryFileThatWasBegunComesOutOnce() throws Exception {
        var files = files(PictureRun.IN_FLIGHT + 100);
        files.set(3, folder.resolve("missing.png"));
        var stop = new CompletableFuture<Void>();
        var cancelled = new CopyOnWriteArrayList<String>();
        var out = new ArrayList<Answered>();
        var ending = new PictureRun.Ending(stop, new CompletableFuture<>(), problem -> {
            throw problem;
        });
        counterpart.answerCancels(control -> {
            cancelled.add(control.getRequestId());
            if (cancelled.size() > 1) { // All but one have their result of that.
                counterpart.say(Counterpart.result(control.getRequestId(), ResultStatus.CANCELLED)
                        .build());
            }
        });
        stop.completeOnTimeout(null, 3, TimeUnit.SECONDS);

        var complete = new PictureRun(client, Request::caption, ending).run(files, out::add);

        assertThat(complete).isFalse();
        assertThat(out).hasSize(PictureRun.IN_FLIGHT + 1);
        assertThat(out).extracting(Answered::file).doesNotHaveDuplicates();
        assertThat(cancelled).hasSize(PictureRun.IN_FLIGHT).doesNotHaveDuplicates();
        assertThat(out).filteredOn(done -> done.status().equals("CANCELLED")).hasSize(PictureRun.IN_FLIGHT - 1);
        assertThat(out)
                .filteredOn(done -> done.status().equals("UNANSWERED"))
                .singleElement()
                .satisfies(done -> assertThat(done.requestId()).hasValue(cancelled.getFirst()));
        assertThat(out)
                .filteredOn(done -> done.status().equals("NOT_SENT"))
                .singleElement()
                .satisfies(done ->
                        assertThat(done.failure()).hasValue(new Failure("UNREADABLE", "There is no such file.")));
    }

    @Test
    void aStackThatFailsEndsTheRunAndNamesWhatIsOutstanding() throws Exception {
        var problem = new EnvironmentProblem("The worker ended.");
        var cancelled = new CopyOnWriteArrayList<String>();
        counterpart.answerCancels(control -> cancelled.add(control.getRequestId()));
        var out = new ArrayList<Answered>();
        var ending = new PictureRun.Ending(
                new CompletableFuture<>(),
                new CompletableFuture<EnvironmentProblem>().completeOnTimeout(problem, 2, TimeUnit.SECONDS),
                _ -> {});
        assertThatThrownBy(() -> new PictureRun(client, Request::caption, ending).run(files(5), out::add))
                .isSameAs(problem);
        assertThat(out).extracting(Answered::status).hasSize(5).containsOnly("UNANSWERED");
        assertThat(cancelled).isEmpty();
    }
}

package io.unifluid.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.Caption;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.RequestState;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Vqa;
import io.unifluid.schemas.VqaOutput;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client on a real broker, where nobody answers but the test. */
final class UniFluidClientIT {
    private static final Picture PICTURE = Picture.of(new byte[] {1});

    @TempDir
    private static Path folder;

    private static LocalBroker broker;
    private static LocalRegistry registry;

    private Counterpart counterpart;
    private UniFluidClient client;

    @BeforeAll
    static void startBroker() {
        broker = LocalBroker.startWithTopics();
        broker.createTopic("replies.shop", 1, Map.of());
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
        client = UniFluidClient.connect(settings());
    }

    @AfterEach
    void close() {
        client.close();
        counterpart.close();
    }

    private static ClientSettings settings() {
        return ClientSettings.of(broker.bootstrapServers(), registry.url());
    }

    private static <T> T soon(CompletableFuture<T> future) throws Exception {
        return future.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static <X extends Throwable> X failure(Class<X> type, CompletableFuture<?> future) {
        return cause(type, () -> soon(future));
    }

    private static <X extends Throwable> X cause(Class<X> type, ThrowingCallable call) {
        var thrown = org.assertj.core.api.Assertions.catchThrowable(call);
        assertThat(thrown).hasCauseInstanceOf(type);
        return type.cast(thrown.getCause());
    }

    @Test
    void aCaptionComesBackAsTheOutputOfItsHandle() throws Exception {
        counterpart.answer(request -> counterpart.say(Counterpart.captioned(request.getRequestId(), "a red circle")));

        var handle = client.submit(Request.caption(PICTURE).labels(Map.of("shop", "7")));

        assertThat(soon(handle.output()).getText()).isEqualTo("a red circle");
        assertThat(soon(handle.result()).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        assertThat(client.underWay()).isZero();
        var sent = counterpart.request(handle.id());
        assertThat(sent.getTask()).isInstanceOf(Caption.class);
        assertThat(sent.getTenant()).isEqualTo("default");
        assertThat(sent.getPriority()).isEqualTo(Priority.INTERACTIVE);
        assertThat(sent.getLabels()).isEqualTo(Map.of("shop", "7"));
        assertThat(sent.getDeadline()).isNull();
        assertThat(sent.getImage().getSha256()).hasSize(64);
    }

    @Test
    void everyTaskIsSentWithItsPictureAndItsWishes() {
        var asked = client.submit(Request.ask(PICTURE, "Is it red?", "yes", "no")
                .id("ask-1")
                .tenant("shop")
                .model("toy@2")
                .bulk()
                .reuse(false)
                .within(Duration.ofMinutes(5)));
        var drawn = client.submit(Request.generate("a red circle"));
        var edited = client.submit(Request.edit(Picture.at("https://example.org/a.png"), "make it red"));

        var question = counterpart.request(asked.id());
        assertThat(question.getRequestId()).isEqualTo("ask-1");
        assertThat(question.getTenant()).isEqualTo("shop");
        assertThat(question.getModel()).isEqualTo("toy@2");
        assertThat(question.getPriority()).isEqualTo(Priority.BULK);
        assertThat(question.getReuse()).isFalse();
        assertThat(question.getDeadline()).isEqualTo(question.getSubmittedAt().plus(Duration.ofMinutes(5)));
        assertThat(((Vqa) question.getTask()).getQuestions().getFirst().getChoices())
                .containsExactly("yes", "no");
        assertThat(counterpart.request(drawn.id()).getTask()).isInstanceOf(Generate.class);
        assertThat(counterpart.request(drawn.id()).getImage()).isNull();
        assertThat(counterpart.request(edited.id()).getTask()).isInstanceOf(Edit.class);
        assertThat(counterpart.request(edited.id()).getImage().getUri()).isEqualTo("https://example.org/a.png");
    }

    @Test
    void whatEndsWithoutAnOutputSaysHowAndWhy() {
        counterpart.answer(request -> counterpart.say(Counterpart.ended(
                request.getRequestId(), ResultStatus.REJECTED, "BAD_PROMPT", "The prompt is empty: write one.")));

        var handle = client.submit(Request.generate(""));

        var refusal = failure(UnsuccessfulException.class, handle.output());
        assertThat(refusal).hasMessage("The prompt is empty: write one.");
        assertThat(refusal.failure().kind()).isEqualTo("BAD_PROMPT");
        assertThat(refusal.result().getStatus()).isEqualTo(ResultStatus.REJECTED);
        assertThat(handle.result()).isCompletedWithValueMatching(result -> result.getStatus() == ResultStatus.REJECTED);
    }

    @Test
    void aCancelReachesTheBrokerInTheRequestsOwnName() throws Exception {
        var handle = client.submit(Request.caption(PICTURE).tenant("shop"));
        soon(handle.cancel("not needed any more"));

        var control = counterpart.control(handle.id());
        assertThat(control.getKind()).isEqualTo(ControlKind.CANCEL);
        assertThat(control.getTenant()).isEqualTo("shop");
        assertThat(control.getReason()).isEqualTo("not needed any more");
        counterpart.say(Counterpart.result(handle.id(), ResultStatus.CANCELLED)
                .setTenant("shop")
                .build());
        assertThat(failure(UnsuccessfulException.class, handle.output())
                        .failure()
                        .kind())
                .isEqualTo("CANCELLED");
    }

    @Test
    void noMoreThanSoManyAreUnderWayAndWhoSubmitsMoreWaits() throws Exception {
        try (var narrow = UniFluidClient.connect(settings().mostUnderWay(2))) {
            var first = narrow.submit(Request.caption(PICTURE));
            narrow.submit(Request.caption(PICTURE));
            assertThat(narrow.trySubmit(Request.caption(PICTURE))).isEmpty();
            var third = CompletableFuture.supplyAsync(() -> narrow.submit(Request.caption(PICTURE)));
            // What runs when the first is done may itself submit: its place is free by then.
            var fourth = first.output().thenApply(_ -> narrow.submit(Request.caption(PICTURE)));
            assertThat(narrow.underWay()).isEqualTo(2);

            counterpart.answer(request -> counterpart.say(Counterpart.captioned(request.getRequestId(), "late")));
            counterpart.say(Counterpart.captioned(first.id(), "first"));
            assertThat(soon(soon(third).output()).getText()).isEqualTo("late");
            assertThat(soon(soon(fourth).output()).getText()).isEqualTo("late");
        }
    }

    @Test
    void theStatusesComeInOrderWhoeverSubscribesWhenAndEndWithTheLast() throws Exception {
        var handle = client.submit(Request.caption(PICTURE));
        counterpart.say(handle.id(), RequestState.SCHEDULED);
        counterpart.flush();
        var seen = new Statuses();
        handle.status().subscribe(seen);
        Await.until("the first status", () -> !seen.states.isEmpty());
        counterpart.say(handle.id(), RequestState.RUNNING);
        counterpart.say(handle.id(), RequestState.SUCCEEDED);
        counterpart.say(Counterpart.captioned(handle.id(), "done"));
        seen.over.await(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(seen.states).containsExactly(RequestState.SCHEDULED, RequestState.RUNNING, RequestState.SUCCEEDED);
        assertThat(seen.problem).isNull();
        var again = new Statuses();
        handle.status().subscribe(again);
        again.over.await(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(again.states).isEqualTo(seen.states);
    }

    @Test
    void whereNoStatusIsPublishedTheResultIsTheLast() throws Exception {
        var handle = client.submit(Request.caption(PICTURE));
        var seen = new Statuses();
        handle.status().subscribe(seen);
        counterpart.say(Counterpart.ended(handle.id(), ResultStatus.FAILED, "MODEL", "It failed."));
        seen.over.await(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(seen.states).containsExactly(RequestState.FAILED);
    }

    @Test
    void aRequestOfAnEarlierProcessIsTakenUpByItsIdWhetherItsResultIsThereOrComes() throws Exception {
        var early = client.submit(Request.caption(PICTURE));
        var late = client.submit(Request.caption(PICTURE));
        client.close();
        assertThat(failure(UnansweredException.class, early.output()))
                .hasMessage("The client was closed before the result of the request " + early.id()
                        + " came: it can be taken up by this id.");
        counterpart.request(early.id());
        counterpart.request(late.id());
        counterpart.say(Counterpart.captioned(early.id(), "early"));
        counterpart.flush();

        try (var next = UniFluidClient.connect(settings())) {
            var found = next.resume(early.id(), CaptionOutput.class);
            var comes = next.resume(late.id(), CaptionOutput.class, Instant.now());
            var asOther = next.resume(early.id(), VqaOutput.class);
            assertThat(soon(found.output()).getText()).isEqualTo("early");
            assertThat(failure(UnsuccessfulException.class, asOther.output())
                            .failure()
                            .kind())
                    .isEqualTo("OTHER_OUTPUT");
            counterpart.say(Counterpart.captioned(late.id(), "late"));
            assertThat(soon(comes.output()).getText()).isEqualTo("late");
            assertThat(next.underWay()).isZero();
        }
    }

    @Test
    void whoeverWaitsForOneIdGetsItsResult() throws Exception {
        var one = client.submit(Request.caption(PICTURE).id("twice"));
        var other = client.submit(Request.caption(PICTURE).id("twice"));
        try (var second = UniFluidClient.connect(settings())) {
            var third = second.resume("twice", CaptionOutput.class);
            counterpart.say(Counterpart.captioned("twice", "once"));
            for (var handle : List.of(one, other, third)) {
                assertThat(soon(handle.output()).getText()).isEqualTo("once");
            }
        }
    }

    @Test
    void aResultThatDoesNotComeIsGivenUpInTimeAndMayStillBeTakenUp() {
        var handle = client.submit(Request.caption(PICTURE).timeout(Duration.ofMillis(300)));
        assertThat(failure(UnansweredException.class, handle.result()))
                .hasMessage("No result came for the request " + handle.id()
                        + " within 300 ms: it may still come, and can be taken up by this id.");
        assertThat(client.underWay()).isZero();
    }

    @Test
    void anotherTenantsResultIsShownToNobody() {
        var handle = client.submit(Request.caption(PICTURE).id("guessed"));
        counterpart.say(Counterpart.result("guessed", ResultStatus.SUCCEEDED)
                .setTenant("other")
                .setOutput(CaptionOutput.newBuilder().setText("a secret").build())
                .build());
        assertThat(failure(UnansweredException.class, handle.result()))
                .hasMessage("The id guessed is another tenant's request: take ids that nobody else has.");
    }

    @Test
    void whatIsNoResultIsTheFaultOfItsOwnRequestAlone() throws Exception {
        var vain = client.submit(Request.caption(PICTURE));
        var sound = client.submit(Request.caption(PICTURE));
        counterpart.say(Topics.RESULTS.name(), null, Counterpart.utf8("no key"));
        counterpart.say(Topics.RESULTS.name(), "somebody", Counterpart.utf8("no result"));
        counterpart.say(Topics.RESULTS.name(), vain.id(), Counterpart.utf8("\u0000 no result"));
        counterpart.say(Counterpart.captioned(sound.id(), "sound"));

        assertThat(soon(sound.output()).getText()).isEqualTo("sound");
        assertThat(failure(UnansweredException.class, vain.output())).hasMessageContaining("cannot be read");
    }

    @Test
    void repliesAreReadWhereTheyWereAskedFor() throws Exception {
        try (var shop = UniFluidClient.connect(settings().replyTopic("replies.shop"))) {
            var handle = shop.submit(Request.caption(PICTURE));
            assertThat(counterpart.request(handle.id()).getReplyTopic()).isEqualTo("replies.shop");
            counterpart.say(Counterpart.captioned(handle.id(), "everybody's"));
            counterpart.flush();
            counterpart.say("replies.shop", Counterpart.captioned(handle.id(), "the shop's"));
            assertThat(soon(handle.output()).getText()).isEqualTo("the shop's");
        }
    }

    @Test
    void aLargePictureGoesThroughTheStoreAndWithoutOneIsRefusedInASentence() throws Exception {
        var large = new byte[300 * 1024];
        var refused = client.submit(Request.caption(Picture.of(large)));
        assertThat(failure(UnsentException.class, refused.output()))
                .hasMessage("The picture has 0.3 MiB, more than the 256 KiB that go into a record, and the client has"
                        + " no blob store: name the workers' store in its settings.");
        var file = Files.write(folder.resolve("large.png"), large);
        try (var storing =
                UniFluidClient.connect(settings().blobs(folder.resolve("blobs").toString()))) {
            var handle = storing.submit(Request.caption(Picture.of(file)));
            var image = counterpart.request(handle.id()).getImage();
            assertThat(image.getUri()).startsWith("blob:sha256/");
            var made = GeneratedImage.newBuilder()
                    .setImage(ImageRef.newBuilder().setUri(image.getUri()).build())
                    .setSeed(1)
                    .setWidth(1)
                    .setHeight(1)
                    .build();
            assertThat(storing.bytes(made)).isEqualTo(large);
            assertThatThrownBy(() -> client.bytes(made))
                    .isInstanceOf(EnvironmentProblem.class)
                    .hasMessageContaining("the client has none");
            var huge = storing.submit(Request.caption(Picture.of(new byte[21 << 20])));
            assertThat(failure(UnsentException.class, huge.output()))
                    .hasMessage(
                            "The picture has 21.0 MiB, more than the 20 MiB that a worker fetches: make it smaller.");
            var missing = storing.submit(Request.edit(Picture.of(folder.resolve("none.png")), "make it red"));
            assertThat(failure(UnsentException.class, missing.output()).failure())
                    .isEqualTo(new Failure("UNREADABLE", "There is no such file."));
        }
        assertThat(client.underWay()).isZero();
    }

    @Test
    void aPictureInsideAResultIsThereAtOnce() {
        var made = ImagesOutput.newBuilder()
                .setImages(List.of(GeneratedImage.newBuilder()
                        .setImage(ImageRef.newBuilder()
                                .setBytes(ByteBuffer.wrap(new byte[] {7, 8}))
                                .build())
                        .setSeed(1)
                        .setWidth(1)
                        .setHeight(1)
                        .build()))
                .build();
        assertThat(client.bytes(made.getImages().getFirst())).isEqualTo(new byte[] {7, 8});
    }

    @Test
    void aRequestThatIsTooLargeForARecordIsRefusedInASentence() {
        var handle = client.submit(Request.generate("x".repeat(9 << 20)));
        assertThat(failure(UnsentException.class, handle.output()))
                .hasMessage("The request is larger than the 8 MiB that a record may have: shorten its text.");
    }

    @Test
    void allClientsOfAProcessShareOneReader() {
        try (var second = UniFluidClient.connect(settings().tenant("other"));
                var third = UniFluidClient.connect(settings().blobs(folder.toString()))) {
            second.submit(Request.caption(PICTURE));
            third.submit(Request.caption(PICTURE));
            assertThat(readers()).isEqualTo(1);
        }
        assertThat(readers()).isEqualTo(1);
        client.close();
        assertThat(readers()).isZero();
    }

    private static long readers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("follower-" + Topics.RESULTS.name()))
                .count();
    }

    @Test
    void aClosedClientSendsNothingAndSaysSo() {
        client.close();
        assertThat(failure(
                        UnsentException.class,
                        client.submit(Request.caption(PICTURE)).output()))
                .hasMessage("The client is closed.");
        client.close();
    }

    @Test
    void whoWaitsForAPlaceIsToldWhenTheClientCloses() throws Exception {
        var narrow = UniFluidClient.connect(settings().mostUnderWay(1));
        narrow.submit(Request.caption(PICTURE));
        var begun = new CountDownLatch(1);
        var waits = CompletableFuture.supplyAsync(() -> {
            begun.countDown();
            return narrow.submit(Request.caption(PICTURE));
        });
        begun.await();
        narrow.close();
        failure(UnsentException.class, soon(waits).output());
    }

    @Test
    void aClusterWithoutTheTopicIsToldFromOneThatIsAway() {
        assertThatThrownBy(() -> UniFluidClient.connect(settings().replyTopic("replies.nobody")))
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessage("There is no topic replies.nobody on " + broker.bootstrapServers()
                        + ": is this the right cluster, and was the system ever started there?");
        assertThatThrownBy(() -> UniFluidClient.connect(
                        ClientSettings.of("127.0.0.1:1", registry.url()).patience(Duration.ofSeconds(1))))
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessage("Kafka at 127.0.0.1:1 did not answer in time: nobody takes connections there; check the"
                        + " address, and that it runs.");
    }

    @Test
    void whoRunsIsKnownAtOnceAndFollowed() {
        var cluster = Cluster.of(broker.bootstrapServers(), registry.url());
        counterpart.say(worker("killed", Instant.now().minusSeconds(60)));
        counterpart.say(worker("early", Instant.now()));
        counterpart.say(Topics.WORKERS.name(), "stranger", Counterpart.utf8("no announcement"));
        counterpart.flush();
        try (var directory = WorkerDirectory.follow(cluster)) {
            assertThat(names(directory)).containsExactly("early");
            counterpart.say(worker("late", Instant.now()));
            Await.until("the late one", () -> names(directory).equals(List.of("early", "late")));
            counterpart.say(Topics.WORKERS.name(), "early", null);
            Await.until("the early one to be gone", () -> names(directory).equals(List.of("late")));
        }
        assertThat(WorkerDirectory.now(cluster))
                .singleElement()
                .satisfies(said -> assertThat(said.getModel().getName()).isEqualTo("toy"));
    }

    private static List<String> names(WorkerDirectory directory) {
        return directory.running().stream().map(WorkerAnnouncement::getWorker).toList();
    }

    private static WorkerAnnouncement worker(String name, Instant at) {
        return WorkerAnnouncement.newBuilder()
                .setWorker(name)
                .setModel(new ModelInfo("unifluid", "toy", "1", "cpu"))
                .setAt(at.truncatedTo(ChronoUnit.MILLIS))
                .setValidForMillis(30_000)
                .build();
    }

    /** One subscriber that takes whatever comes. */
    private static final class Statuses implements Flow.Subscriber<RequestStatus> {
        private final List<RequestState> states = new ArrayList<>();
        private final CountDownLatch over = new CountDownLatch(1);
        private Throwable problem;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(RequestStatus status) {
            states.add(status.getState());
        }

        @Override
        public void onError(Throwable thrown) {
            problem = thrown;
            over.countDown();
        }

        @Override
        public void onComplete() {
            over.countDown();
        }
    }
}

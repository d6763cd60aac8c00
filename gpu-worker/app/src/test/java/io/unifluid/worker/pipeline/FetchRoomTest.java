package io.unifluid.worker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.blobs.fetch.ImageLocation;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FetchRoomTest {
    private static final int MIB = 1 << 20;
    private static final ImageLocation INLINE =
            new ImageLocation(Optional.of(new byte[] {1}), Optional.empty(), Optional.empty());
    private static final ImageLocation ELSEWHERE =
            new ImageLocation(Optional.empty(), Optional.of("http://pictures.example/1.jpg"), Optional.empty());

    @Test
    void aPictureWaitsUntilOneOfItsSizeWouldFit() throws Exception {
        FetchRoom room = new FetchRoom(8, 50L * MIB, 20 * MIB);
        FetchRoom.Place first = room.enter(ELSEWHERE);
        FetchRoom.Place second = room.enter(ELSEWHERE);
        CompletableFuture<FetchRoom.Place> third = entering(room, ELSEWHERE);

        assertThat(waits(third)).isTrue();

        first.landed(5 * MIB);

        third.get(5, TimeUnit.MINUTES).close();
        second.close();
        first.close();
    }

    @Test
    void inlinePicturesTakeNoMemory() throws Exception {
        FetchRoom room = new FetchRoom(8, 20L * MIB, 20 * MIB);
        try (FetchRoom.Place fetched = room.enter(ELSEWHERE)) {
            entering(room, INLINE).get(5, TimeUnit.MINUTES).close();
            fetched.landed(MIB);
        }
    }

    @Test
    void onePictureIsLetInHoweverLittleRoomThereIs() throws Exception {
        FetchRoom room = new FetchRoom(8, MIB, 20 * MIB);

        room.enter(ELSEWHERE).close();
        room.enter(ELSEWHERE).close();
    }

    @Test
    void noMorePicturesThanAllowedAreUnderWay() throws Exception {
        FetchRoom room = new FetchRoom(1, 100L * MIB, MIB);
        FetchRoom.Place first = room.enter(INLINE);
        CompletableFuture<FetchRoom.Place> second = entering(room, INLINE);

        assertThat(waits(second)).isTrue();

        first.close();

        second.get(5, TimeUnit.MINUTES).close();
    }

    private static CompletableFuture<FetchRoom.Place> entering(FetchRoom room, ImageLocation location) {
        CompletableFuture<FetchRoom.Place> place = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                place.complete(room.enter(location));
            } catch (InterruptedException e) {
                place.completeExceptionally(e);
            }
        });
        return place;
    }

    /** Long enough for a thread that need not wait. */
    private static boolean waits(CompletableFuture<?> place) throws InterruptedException {
        Thread.sleep(200);
        return !place.isDone();
    }
}

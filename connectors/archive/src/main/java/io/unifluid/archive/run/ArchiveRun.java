package io.unifluid.archive.run;

import io.unifluid.archive.ArchiveReader;
import io.unifluid.archive.Content;
import io.unifluid.archive.Item;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Position;
import io.unifluid.archive.row.Row;
import io.unifluid.archive.row.WholeFile;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.fetch.ClaimCheck;
import io.unifluid.client.Cluster;
import io.unifluid.client.Failure;
import io.unifluid.client.Pictures;
import io.unifluid.pdq.PdqHash;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Sends a request for every item of an archive that has no row yet, and writes a row for each into shards. The topics are
 * its memory: a shard is written whole or not at all, and what was sent of one that was not is found among the results,
 * or sent again under the same id, which changes nothing. So a process may end at any moment, and the next one goes on.
 *
 * <p>{@code items = rows of earlier processes + rows of this one}, however it ended in between; an item's own fault is a
 * row that says so. Memory is bounded by the shards that are open and the requests on their way, not by the archive.
 *
 * <p>For one run only. The calling thread reads and sends, one more follows the results, one writes shards.
 */
public final class ArchiveRun {
    /** Rows of unfinished shards that are held in memory, about. */
    private static final int OPEN_ROWS = 40_000;

    private static final long LOOK_MS = 100;
    /** Pictures that are read ahead, since they may come from far away. */
    private static final int FETCHES = 16;

    private static final long FETCHED_BYTES = 32 << 20;
    private static final long UNKNOWN_SIZE = 2 << 20;

    private final ArchiveReader archive;
    private final String selection;
    private final RunSettings settings;
    private final RunProgress progress;
    private final LeftOut leftOut = new LeftOut();
    private final Map<String, Waiting> waiting = new HashMap<>();
    private final Map<String, InferenceResult> early = new HashMap<>();
    private final Map<Integer, Shard> open = new ConcurrentHashMap<>();
    private final ExecutorService writing =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("shards").factory());
    private final ExecutorService following = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("results").factory());
    private final CompletableFuture<RuntimeException> broken = new CompletableFuture<>();
    private final Semaphore onTheirWay;
    private final Optional<Pace> pace;
    private final Optional<Function<byte[], Optional<PdqHash>>> looks;
    private final Deque<Fetch> fetched = new ArrayDeque<>();
    private long fetchedBytes;

    private Destination destination;
    private ClaimCheck claims;
    private Pictures pictures;
    private Traffic traffic;
    private Optional<NearDuplicates<Waiting>> nearDuplicates = Optional.empty();
    private CompletableFuture<?> stop;
    private Set<Integer> taken;
    private Shard filling;
    private Set<Integer> openBefore = Set.of();
    private long changed;

    /** Whom a result belongs to. */
    private record Waiting(Shard shard, int place, Item item, int tries, Row.Picture picture, OptionalInt first) {
        /** With its number among those that others may look like. */
        Waiting first(int number) {
            return new Waiting(shard, place, item, tries, picture, OptionalInt.of(number));
        }
    }

    /** An item that is being read, with what it counts as meanwhile. */
    private record Fetch(Shard shard, int place, Item item, int tries, FutureTask<Prepared> prepared, long bytes) {}

    /** Thrown to leave the reading of the archive when the user wants no more. */
    private static final class Stopped extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * @param selection what of the archive is wanted, in words that are the same on every run
     * @param progress is told how far the run is
     */
    public ArchiveRun(ArchiveReader archive, String selection, RunSettings settings, RunProgress progress) {
        this(archive, selection, settings, progress, Optional.empty());
    }

    /**
     * @param looks how a picture looks, from any thread; with it, one that looks like an earlier one takes its answer. It is
     *     the same on every run of a destination whether there is one
     */
    public ArchiveRun(
            ArchiveReader archive,
            String selection,
            RunSettings settings,
            RunProgress progress,
            Optional<Function<byte[], Optional<PdqHash>>> looks) {
        this.archive = archive;
        this.selection = selection;
        this.settings = settings;
        this.progress = progress;
        this.looks = looks;
        this.onTheirWay = new Semaphore(settings.inFlight());
        this.pace = settings.perSecond().stream().mapToObj(Pace::new).findFirst();
    }

    /**
     * Runs until every item has its row, or until it is stopped.
     *
     * @param blobs shared with the workers; the caller closes it
     * @param stop completes when the user wants no more
     * @param failure completes when waiting has become pointless
     * @throws IllegalArgumentException one sentence, where the destination holds another run
     * @throws EnvironmentProblem one sentence, where it cannot go on; what was done stays
     */
    public RunReport run(
            Cluster cluster, BlobStore blobs, CompletableFuture<?> stop, CompletableFuture<EnvironmentProblem> failure)
            throws InterruptedException {
        long started = System.nanoTime();
        this.stop = stop;
        claims = new ClaimCheck(blobs);
        pictures = new Pictures(blobs);
        failure.thenAccept(broken::complete);
        try (var destination =
                Destination.open(settings, archive.name(), selection, looks.isPresent(), this::threshold)) {
            this.destination = destination;
            nearDuplicates = looks.isPresent() ? Optional.of(destination.nearDuplicates()) : Optional.empty();
            taken = new TreeSet<>(destination.finished());
            openBefore = Set.copyOf(destination.open());
            try (var manifest = new Manifest(destination, this::passed);
                    var traffic = new Traffic(
                            cluster,
                            destination.runId() + "-",
                            destination.resultsFrom(),
                            request(destination.runId(), new ImageRef(), 0),
                            this::came)) {
                this.traffic = traffic;
                traffic.failure().thenAccept(broken::complete);
                var counting = count();
                boolean complete = sendAll(manifest);
                counting.interrupt();
                writing.shutdown();
                requireUnbroken();
                return new RunReport(
                        complete,
                        progress,
                        manifest.gone(),
                        changed,
                        leftOut.sentence(),
                        Duration.ofNanos(System.nanoTime() - started));
            } finally {
                following.shutdownNow();
                writing.shutdown();
                writing.awaitTermination(5, TimeUnit.MINUTES);
                open.values().forEach(Shard::close);
                nearDuplicates.ifPresent(NearDuplicates::close);
            }
        }
    }

    private boolean sendAll(Manifest manifest) throws InterruptedException {
        try (var items = archive.open(Position.START, leftOut)) {
            for (var item = items.next(); item != null; item = items.next()) {
                requireGoingOn();
                if (wanted(item, destination.threshold())) {
                    take(manifest, item);
                }
            }
            drain();
            manifest.end();
            if (filling != null && filling.seal()) {
                write(filling);
            }
            while (!open.isEmpty()) {
                requireGoingOn();
                Thread.sleep(LOOK_MS / 4);
            }
            return true;
        } catch (Stopped e) {
            return false;
        }
    }

    private void take(Manifest manifest, Item item) throws InterruptedException, Stopped {
        var found = manifest.find(item);
        if (found.isEmpty()) {
            var shard = filling();
            fetch(shard, shard.place(), item, 0);
            return;
        }
        var row = found.get().row();
        boolean other = row.size() >= 0
                && item.size().isPresent()
                && row.size() != item.size().getAsLong();
        changed += other ? 1 : 0;
        boolean again = switch (settings.retry()) {
            case NOTHING -> false;
            case FAILED -> !row.succeeded();
            case FAILED_AND_CHANGED -> !row.succeeded() || other;
        };
        if (again) {
            var shard = again(found.get().shard());
            shard.again();
            fetch(shard, found.get().index(), item, row.tries() + 1);
        } else {
            progress.oneEarlier(row);
            if (nearDuplicates.isPresent()) {
                try {
                    nearDuplicates.get().earlier(row);
                } catch (IOException e) {
                    throw destination.cannotBeWritten(e);
                }
            }
        }
    }

    /** Begins to read the item, or reads it where that cannot wait, and sends what has been read before it. */
    private void fetch(Shard shard, int place, Item item, int tries) throws InterruptedException, Stopped {
        boolean waits = item.content() instanceof Content.Bytes(var _, boolean lasting) && lasting;
        var prepared =
                new FutureTask<>(() -> Prepared.of(item, claims, looks.orElse(_ -> Optional.empty()), stop::isDone));
        if (waits) {
            Thread.ofVirtual().name("fetch").start(prepared);
        } else {
            prepared.run();
        }
        long bytes = item.size().orElse(UNKNOWN_SIZE);
        fetched.add(new Fetch(shard, place, item, tries, prepared, bytes));
        fetchedBytes += bytes;
        while (fetched.size() > FETCHES || fetchedBytes > FETCHED_BYTES || !waits && !fetched.isEmpty()) {
            sendFirst();
        }
    }

    private void drain() throws InterruptedException, Stopped {
        while (!fetched.isEmpty()) {
            sendFirst();
        }
    }

    private void sendFirst() throws InterruptedException, Stopped {
        var first = fetched.remove();
        fetchedBytes -= first.bytes();
        try {
            send(first.shard(), first.place(), first.prepared().get(), first.tries());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException problem ? problem : new IllegalStateException(e.getCause());
        }
    }

    private void send(Shard shard, int place, Prepared prepared, int tries) throws InterruptedException, Stopped {
        var item = prepared.item();
        var id = destination.runId() + "-" + item.id(settings.task().words()) + (tries == 0 ? "" : "-" + tries);
        var who = new Waiting(shard, place, item, tries, prepared.picture(), OptionalInt.empty());
        if (settings.format().wantsPictures() && prepared.bytes() != null) {
            try {
                shard.keep(place, prepared.bytes(), item.companions());
            } catch (IOException e) {
                throw destination.cannotBeWritten(e);
            }
        }
        if (prepared.failure().isPresent()) {
            done(
                    who,
                    Row.unsent(
                            key(shard, place),
                            item,
                            tries,
                            prepared.picture(),
                            prepared.failure().get()));
            return;
        }
        if (nearDuplicates.isEmpty() || prepared.picture().look().isEmpty()) {
            ask(id, who, prepared);
            return;
        }
        switch (meet(prepared.picture().look().get(), who)) {
            case NearDuplicates.Met.First(int number) -> ask(id, who.first(number), prepared);
            case NearDuplicates.Met.Answered(var row) -> like(who, row);
            case NearDuplicates.Met.Waits() -> {}
        }
    }

    private void ask(String id, Waiting waits, Prepared prepared) throws InterruptedException, Stopped {
        if (pace.isPresent()) {
            pause(pace.get().taken());
        }
        while (!onTheirWay.tryAcquire(LOOK_MS, TimeUnit.MILLISECONDS)) {
            requireGoingOn();
        }
        var already = meet(id, waits);
        if (already.isPresent()) {
            following.execute(() -> answer(waits, already.get()));
            return;
        }
        traffic.send(request(id, prepared.image().orElseThrow(), waits.shard().number()), () -> tooLarge(id));
        progress.oneSent();
    }

    private InferenceRequest request(String id, ImageRef image, int shard) {
        return settings.task()
                .request(
                        id,
                        settings.tenant(),
                        settings.model(),
                        image,
                        Map.of("archive.shard", Integer.toString(shard)));
    }

    private void tooLarge(String id) {
        Waiting waits;
        synchronized (waiting) {
            waits = waiting.remove(id);
        }
        if (waits != null) {
            var failure = new Failure(
                    Failure.TOO_LARGE, "The request is larger than what the broker takes: shorten its text.");
            arrived(waits, key -> Row.unsent(key, waits.item(), waits.tries(), waits.picture(), failure));
        }
    }

    private NearDuplicates.Met meet(PdqHash look, Waiting waits) {
        try {
            return nearDuplicates.orElseThrow().meet(look, waits);
        } catch (IOException e) {
            throw destination.cannotBeWritten(e);
        }
    }

    /** Gives it the answer of the picture that it looks like. */
    private void like(Waiting waits, Row other) {
        done(waits, Row.like(other, key(waits.shard(), waits.place()), waits.item(), waits.tries(), waits.picture()));
    }

    /** On the thread that reads results. */
    private void came(InferenceResult result) {
        meet(result).ifPresent(waits -> following.execute(() -> answer(waits, result)));
    }

    /** The result of an earlier process's request where it is there; else the item waits for it. */
    private Optional<InferenceResult> meet(String id, Waiting waits) {
        synchronized (waiting) {
            var result = early.remove(id);
            if (result == null) {
                waiting.put(id, waits);
            }
            return Optional.ofNullable(result);
        }
    }

    /** Who waits for the result; one that comes before its item has been read again is kept until then. */
    private Optional<Waiting> meet(InferenceResult result) {
        synchronized (waiting) {
            var waits = waiting.remove(result.getRequestId());
            if (waits == null && openBefore.contains(shard(result))) {
                early.put(result.getRequestId(), result);
            }
            return Optional.ofNullable(waits);
        }
    }

    private static int shard(InferenceResult result) {
        var label = result.getLabels().get("archive.shard");
        return label != null && label.matches("\\d{1,9}") ? Integer.parseInt(label) : -1;
    }

    private void answer(Waiting waits, InferenceResult result) {
        arrived(
                waits,
                key -> Row.of(key, waits.item(), waits.tries(), waits.picture(), result, images(key, waits, result)));
    }

    /** What was on its way has its row; what fails meanwhile ends the run, whatever thread this is. */
    private void arrived(Waiting waits, Function<String, Row> row) {
        try {
            done(waits, row.apply(key(waits.shard(), waits.place())));
        } catch (RuntimeException e) {
            broken.complete(e);
        } finally {
            onTheirWay.release();
        }
    }

    /** Writes the pictures of the result, and says where. */
    private List<String> images(String key, Waiting waits, InferenceResult result) {
        var files = new ArrayList<String>();
        if (result.getOutput() instanceof ImagesOutput made) {
            for (int at = 0; at < made.getImages().size(); at++) {
                var name = "images/" + Destination.name(waits.shard().number()) + "/" + key + (at == 0 ? "" : "-" + at)
                        + ".png";
                var file = destination.folder().resolve(name);
                var bytes = pictures.bytes(made.getImages().get(at));
                try {
                    Files.createDirectories(file.getParent());
                    WholeFile.write(file, out -> out.write(bytes));
                } catch (IOException e) {
                    throw destination.cannotBeWritten(e);
                }
                files.add(name);
            }
        }
        return files;
    }

    private void done(Waiting waits, Row row) {
        progress.oneDone(row);
        if (waits.first().isPresent()) {
            try {
                nearDuplicates
                        .orElseThrow()
                        .answered(waits.first().getAsInt(), row)
                        .forEach(each -> like(each, row));
            } catch (IOException e) {
                throw destination.cannotBeWritten(e);
            }
        }
        try {
            if (waits.shard().put(waits.place(), row)) {
                write(waits.shard());
            }
        } catch (IOException e) {
            throw destination.cannotBeWritten(e);
        }
    }

    private String key(Shard shard, int place) {
        var prefix = destination.prefix();
        return (prefix.isEmpty() ? "" : prefix + "-") + Destination.name(shard.number()) + String.format("%04d", place);
    }

    /** The shard that takes new rows. */
    private Shard filling() throws InterruptedException, Stopped {
        if (filling == null || filling.sealed()) {
            room();
            int number = 0;
            while (taken.contains(number)) {
                number++;
            }
            taken.add(number);
            destination.begin(number, traffic.readTo());
            filling = new Shard(number, settings.rows(number), destination.held(number), destination.spool(number));
            open.put(number, filling);
        }
        return filling;
    }

    /** A shard that is finished, to have some of its rows replaced. */
    private Shard again(int number) throws InterruptedException, Stopped {
        var shard = open.get(number);
        if (shard == null) {
            room();
            destination.begin(number, traffic.readTo());
            try {
                shard = ShardFiles.again(destination, number, settings.format());
            } catch (IOException e) {
                throw destination.cannotBeWritten(e);
            }
            open.put(number, shard);
        }
        return shard;
    }

    /** Waits while too many rows only wait for results; shards that still take rows cannot be waited for. */
    private void room() throws InterruptedException, Stopped {
        if (full()) {
            drain(); // what is not sent has no result
        }
        while (full()) {
            requireGoingOn();
            Thread.sleep(LOOK_MS / 4);
        }
    }

    private boolean full() {
        return open.values().stream()
                        .filter(Shard::sealed)
                        .mapToInt(Shard::count)
                        .sum()
                > OPEN_ROWS - settings.shardSize();
    }

    /** The archive has gone past all items of a finished shard. */
    private void passed(int number) {
        var shard = open.get(number);
        if (shard != null && shard.seal()) {
            write(shard);
        }
    }

    private void write(Shard shard) {
        writing.execute(() -> {
            if (broken.isDone()) {
                return;
            }
            try {
                ShardFiles.write(destination, shard, settings.format());
                shard.close();
                progress.oneShard();
                open.remove(shard.number());
            } catch (IOException e) {
                broken.complete(destination.cannotBeWritten(e));
            } catch (RuntimeException e) {
                broken.complete(e);
            }
        });
    }

    private void requireGoingOn() throws Stopped {
        requireUnbroken();
        if (stop.isDone()) {
            throw new Stopped();
        }
    }

    private void requireUnbroken() {
        if (broken.isDone()) {
            throw broken.join();
        }
    }

    private void pause(long nanos) throws InterruptedException, Stopped {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            requireGoingOn();
            TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(LOOK_MS)));
        }
    }

    private boolean wanted(Item item, OptionalLong threshold) {
        return settings.part()
                        .map(part -> item.part(part.of()) == part.number())
                        .orElse(true)
                && (threshold.isEmpty() || Long.compareUnsigned(item.spread(), threshold.getAsLong()) <= 0);
    }

    /** Up to which number items are in the sample: the wanted number of smallest ones. */
    private OptionalLong threshold() throws InterruptedException {
        if (settings.sample().isEmpty()) {
            return OptionalLong.empty();
        }
        var smallest = new PriorityQueue<Long>((one, other) -> Long.compareUnsigned(other, one));
        try (var items = archive.open(Position.START, new LeftOut())) {
            for (var item = items.next(); item != null; item = items.next()) {
                if (wanted(item, OptionalLong.empty())) {
                    smallest.add(item.spread());
                    if (smallest.size() > settings.sample().getAsInt()) {
                        smallest.poll();
                    }
                }
            }
        }
        return smallest.isEmpty() ? OptionalLong.empty() : OptionalLong.of(smallest.peek());
    }

    /** Counts what there is, on a thread of its own, where that is cheap. */
    private Thread count() {
        return Thread.ofVirtual().name("count").start(() -> {
            if (!archive.countable()) {
                return;
            }
            long count = 0;
            try (var items = archive.open(Position.START, new LeftOut())) {
                for (var item = items.next(); item != null; item = items.next()) {
                    if (Thread.interrupted()) {
                        return;
                    }
                    count += wanted(item, destination.threshold()) ? 1 : 0;
                }
                progress.counted(count);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                // whoever reads it for the rows is told
            }
        });
    }
}

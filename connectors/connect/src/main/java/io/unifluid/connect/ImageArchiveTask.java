package io.unifluid.connect;

import io.unifluid.archive.ItemException;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Position;
import io.unifluid.archive.row.Row;
import io.unifluid.archive.run.Pace;
import io.unifluid.archive.run.Prepared;
import io.unifluid.archive.run.Task;
import io.unifluid.archive.source.Archives;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStoreException;
import io.unifluid.blobs.BlobStores;
import io.unifluid.blobs.fetch.ClaimCheck;
import io.unifluid.client.Failure;
import io.unifluid.client.Why;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.RegistryErrors;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests for the pictures of its share. An item's own fault is counted, named and passed over; what is away is tried
 * again for a while; what refuses ends the task with a sentence.
 */
public final class ImageArchiveTask extends SourceTask {
    private static final Logger LOG = LoggerFactory.getLogger(ImageArchiveTask.class);
    private static final String TOPIC = Topics.intake(Priority.BULK).name();
    /** How long one poll may take before Connect is given its turn. */
    private static final long LOOK_MS = 500;

    private static final long PAUSE_MS = 5_000;
    private static final long BATCH_BYTES = 8 << 20;
    /** A label's name and value have 1,024 characters at most. */
    private static final int LONGEST_LABEL = 1_000;

    private static final int LONGEST_NAME = 300;

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Map<Place, Position> reached = new ConcurrentHashMap<>();
    private ImageArchiveConfig config;
    private Task task;
    private String run;
    private String words;
    private int number;
    private int tasks;
    private TaskMetrics metrics;
    private BlobStore blobs;
    private Serializer<InferenceRequest> requests;
    private Optional<Pace> pace;
    private Reading reading;
    private LeftOut leftOut;
    private ConnectException failure;
    /** When to read again, by {@link System#nanoTime}. */
    private long readAt = System.nanoTime();

    private boolean over;
    private long awaySince;
    private boolean away;
    private long due;
    private boolean taken;

    @Override
    public String version() {
        return ImageArchiveConnector.versionOf(getClass());
    }

    @Override
    public void start(Map<String, String> props) {
        try {
            config = new ImageArchiveConfig(props);
            task = config.task();
            run = config.run();
            words = config.words();
            number = Integer.parseInt(props.getOrDefault(ImageArchiveConfig.TASK, "0"));
            tasks = Integer.parseInt(props.getOrDefault(ImageArchiveConfig.TASKS, "1"));
            pace = config.rate().stream().mapToObj(Pace::new).findFirst();
            requests = new AvroSerdes(config.registry()).serializer(Topics.REQUESTS);
            blobs = BlobStores.open(config.blobStore());
        } catch (IllegalArgumentException e) {
            throw new ConnectException(e.getMessage(), e);
        }
        metrics = new TaskMetrics(context.pluginMetrics());
    }

    @Override
    public synchronized List<SourceRecord> poll() throws InterruptedException {
        if (stopped.getCount() == 0) {
            return null;
        }
        if (failure != null) {
            throw failure;
        }
        if (reading == null && !open()) {
            return null;
        }
        var batch = new ArrayList<SourceRecord>();
        long bytes = 0;
        while (batch.size() < config.batchItems() && bytes < BATCH_BYTES && stopped.getCount() > 0) {
            if (!turn(batch.isEmpty())) {
                break;
            }
            var next = reading.next(batch.isEmpty() ? LOOK_MS : 0);
            if (next == null) {
                break;
            }
            try {
                if (!(next instanceof Reading.Next.Found(var place, var prepared))) {
                    ended(next);
                    break;
                }
                var record = record(place, prepared);
                reached.put(place, prepared.item().position());
                away = false;
                if (record.isPresent()) {
                    batch.add(record.get());
                    bytes += ((byte[]) record.get().value()).length;
                }
            } catch (EnvironmentProblem | KafkaException e) {
                problem(e);
                break;
            }
        }
        if (failure != null && batch.isEmpty()) {
            throw failure;
        }
        return batch.isEmpty() ? null : batch;
    }

    /** Begins to read where that is due; waits for a moment where it is not. */
    private boolean open() throws InterruptedException {
        long wait = readAt - System.nanoTime();
        if (over || wait > 0) {
            stopped.await(
                    over ? LOOK_MS : Math.min(LOOK_MS, TimeUnit.NANOSECONDS.toMillis(wait) + 1), TimeUnit.MILLISECONDS);
            return false;
        }
        try {
            var archives =
                    Archives.of(config.sources(), config.selection(), config.privateHosts(), config.credentials());
            var shares = Share.of(archives, run, config.asked(), config.parts(), number, tasks, reached);
            resume(shares);
            leftOut = new LeftOut();
            metrics.leftOut(leftOut::count);
            metrics.ended(false);
            reading = new Reading(shares, new ClaimCheck(blobs), leftOut);
            return true;
        } catch (IllegalArgumentException e) {
            throw new ConnectException(e.getMessage(), e);
        }
    }

    /** Takes the places that were never read in this process up from Connect's offsets. */
    private void resume(List<Share> shares) {
        var partitions = new HashMap<Map<String, String>, Place>();
        for (var share : shares) {
            for (var place : share.places()) {
                if (!reached.containsKey(place)) {
                    partitions.put(place.partition(), place);
                }
            }
        }
        if (partitions.isEmpty()) {
            return;
        }
        context.offsetStorageReader()
                .offsets(partitions.keySet())
                .forEach((partition, offset) ->
                        Place.read(offset).ifPresent(position -> reached.put(partitions.get(partition), position)));
    }

    /** Whether it is time for one more request. */
    private boolean turn(boolean first) throws InterruptedException {
        if (pace.isEmpty()) {
            return true;
        }
        if (!taken) {
            due = System.nanoTime() + pace.get().taken();
            taken = true;
        }
        long wait = TimeUnit.NANOSECONDS.toMillis(due - System.nanoTime());
        if (wait > 0 && (!first || stopped.await(Math.min(wait, LOOK_MS), TimeUnit.MILLISECONDS) || wait > LOOK_MS)) {
            return false;
        }
        return true;
    }

    private void ended(Reading.Next next) {
        switch (next) {
            case Reading.Next.Broken(var problem) -> problem(problem);
            case Reading.Next.End _ -> {
                closeReading();
                metrics.ended(true);
                over = config.rescan() == 0;
                readAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.rescan());
                LOG.info(
                        "Task {} of run {} has read its share to the end: {} requests sent, {} items failed{}.",
                        number,
                        run,
                        metrics.sentSoFar(),
                        metrics.failedSoFar(),
                        leftOut.sentence().map(line -> "; " + line).orElse(""));
            }
            case Reading.Next.Found _ -> throw new IllegalStateException("An item is no end.");
        }
    }

    /** The record of an item; empty where it cannot be sent and nobody wants to be told. */
    private Optional<SourceRecord> record(Place place, Prepared prepared) {
        var item = prepared.item();
        var id = run + "-" + item.id(place.source() + "\n" + words);
        var problem = prepared.failure();
        if (problem.isEmpty()) {
            var request = task.request(
                    id,
                    config.tenant(),
                    config.model(),
                    prepared.image().orElseThrow(),
                    Map.of("archive.name", label(item.archive()), "archive.path", label(item.member())));
            var value = requests.serialize(TOPIC, request);
            if (value.length <= Topics.MAX_RECORD_BYTES) {
                metrics.sent(prepared.picture().bytes());
                taken = false;
                return Optional.of(record(place, prepared, TOPIC, id, value));
            }
            problem = Optional.of(new Failure(
                    Failure.TOO_LARGE, "The request is larger than what the broker takes: shorten its text."));
        }
        metrics.failed(problem.get().kind());
        LOG.warn(
                "Not sent: {} in {}: {} ({})",
                OneLine.of(item.member(), LONGEST_NAME),
                OneLine.of(item.archive(), LONGEST_NAME),
                OneLine.of(problem.get().message(), LONGEST_NAME),
                problem.get().kind());
        var row = Row.unsent(id, item, 0, prepared.picture(), problem.get()).columns();
        return config.failuresTopic()
                .map(topic -> record(place, prepared, topic, id, row.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static SourceRecord record(Place place, Prepared prepared, String topic, String id, byte[] value) {
        return new SourceRecord(
                place.partition(),
                Place.offset(prepared.item().position()),
                topic,
                Schema.BYTES_SCHEMA,
                id.getBytes(StandardCharsets.UTF_8),
                Schema.BYTES_SCHEMA,
                value);
    }

    private static String label(String text) {
        return text.length() <= LONGEST_LABEL ? text : OneLine.of(text, LONGEST_LABEL);
    }

    /** Something that all items depend on; the place that was not reached is read again. */
    private void problem(RuntimeException e) {
        closeReading();
        var sentence =
                Why.sentence(e instanceof RegistryUnavailableException ? new EnvironmentProblem(e.getMessage()) : e);
        long now = System.nanoTime();
        if (!away) {
            away = true;
            awaySince = now;
            metrics.away();
        }
        if (!passing(e) || TimeUnit.NANOSECONDS.toMillis(now - awaySince) >= config.patience()) {
            failure = new ConnectException(sentence, e);
        } else {
            LOG.warn("{} Task {} of run {} tries again.", sentence, number, run);
            readAt = now + TimeUnit.MILLISECONDS.toNanos(PAUSE_MS);
        }
    }

    /** Whether waiting may help: it was silent or overloaded, and did not refuse. */
    private static boolean passing(RuntimeException e) {
        return e instanceof EnvironmentProblem
                ? e.getCause() instanceof ItemException || e.getCause() instanceof BlobStoreException
                : e instanceof RegistryUnavailableException && !RegistryErrors.refuses(e);
    }

    private void closeReading() {
        if (reading != null) {
            reading.close();
            reading = null;
        }
    }

    /** Connect calls it on another thread than {@link #poll}, or on the same one. */
    @Override
    public void stop() {
        stopped.countDown();
        synchronized (this) { // a poll that is under way ends within a moment
            closeReading();
            if (requests != null) {
                requests.close();
                requests = null;
            }
            if (blobs != null) {
                blobs.close();
                blobs = null;
            }
        }
    }
}

package io.unifluid.bench;

import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The engine by itself: pictures decoded and captioned in this process. At its best (as many batches at once as a worker
 * runs, each with its share of the cores), and by one thread alone in full batches and one by one.
 */
final class EngineBench implements AutoCloseable {
    private static final int BATCH = 32;
    private static final ModelOptions ONE_THREAD = new ModelOptions(DeviceChoice.AUTO, 1, 1, 1);

    private final SamplePictures pictures;
    private final Asked asked;
    private final LoadedModel best;
    private final LoadedModel oneThread;
    private final ImageDecoder decoder;

    /** For captions. */
    EngineBench(Path bundle, SamplePictures pictures) {
        this(bundle, pictures, Asked.CAPTION);
    }

    EngineBench(Path bundle, SamplePictures pictures, Asked asked) {
        this.pictures = pictures;
        this.asked = asked;
        this.best = Models.open(bundle.toString(), ModelOptions.defaults());
        this.oneThread = Models.open(bundle.toString(), ONE_THREAD);
        this.decoder = new ImageDecoder(best.imageSpec(), DecodeLimits.defaults());
        best.warmUp();
        oneThread.warmUp();
    }

    /**
     * All in captions/s.
     *
     * @param best several batches of 32 at once, as many as pay
     * @param batched by one thread, in batches of 32
     * @param oneByOne by one thread, in batches of 1
     */
    record Rates(double best, double batched, double oneByOne) {}

    /** Batches that run at once at the best setting. */
    int callers() {
        return best.callers();
    }

    /** One round over the pictures with each setting. */
    Rates round() throws Exception {
        return new Rates(
                rate(3 * pictures.encoded().size(), () -> best(3)),
                rate(pictures.encoded().size(), () -> run(oneThread, BATCH, 1)),
                rate(pictures.encoded().size(), () -> run(oneThread, 1, 1)));
    }

    /** The pictures, so many times over, at the best setting; their captions. */
    List<String> best(int times) throws Exception {
        return run(best, BATCH, times);
    }

    /** Nanoseconds of the processors that this process has used. */
    static long used() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private interface Work {
        Object run() throws Exception;
    }

    private static double rate(int captions, Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return captions / ((System.nanoTime() - start) / 1e9);
    }

    /** As many threads as the model has callers take batches in turn, decode them and caption them. */
    private List<String> run(LoadedModel model, int size, int times) throws Exception {
        var batches = batches(size, times);
        var next = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(model.callers())) {
            var running = new ArrayList<Future<List<String>>>();
            for (int caller = 0; caller < model.callers(); caller++) {
                running.add(threads.submit(() -> {
                    var captions = new ArrayList<String>();
                    for (int i = next.getAndIncrement(); i < batches.size(); i = next.getAndIncrement()) {
                        captions.addAll(caption(model, batches.get(i)));
                    }
                    return captions;
                }));
            }
            var captions = new ArrayList<String>();
            for (var part : running) {
                captions.addAll(part.get());
            }
            return captions;
        }
    }

    private List<List<byte[]>> batches(int size, int times) {
        var all = new ArrayList<byte[]>();
        for (int i = 0; i < times; i++) {
            all.addAll(pictures.encoded());
        }
        var batches = new ArrayList<List<byte[]>>();
        for (int from = 0; from < all.size(); from += size) {
            batches.add(all.subList(from, Math.min(all.size(), from + size)));
        }
        return batches;
    }

    private List<String> caption(LoadedModel model, List<byte[]> encoded) throws Exception {
        var items = new ArrayList<InferenceItem>();
        for (var picture : encoded) {
            items.add(asked.item("bench-" + items.size(), decoder.decode(picture)));
        }
        return model.run(items).items().stream().map(Asked::said).toList();
    }

    @Override
    public void close() {
        decoder.close();
        oneThread.close();
        best.close();
    }
}

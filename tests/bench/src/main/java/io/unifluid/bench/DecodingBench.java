package io.unifluid.bench;

import com.sun.management.OperatingSystemMXBean;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.ItemOutcome.CaptionResult;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.families.Models;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What our loop over a public model's decoder costs beside the same loop in Python: one picture, one thread, greedy, caches left
 * inside ONNX Runtime by both. The model has about fifty million random parameters, and both must write the same.
 */
final class DecodingBench implements AutoCloseable {
    private static final int TOKENS = 64;
    private static final int CAPTIONS = 6;
    /** Until then Java compiles what it runs, on threads of its own, whose processor time would count as the loop's. */
    private static final int WARM_UP = 40;

    private static final String TITLE = "Python onnxruntime with the same loop";

    private final Path twin;
    private final Peers peers;
    private final LoadedModel model;
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** In ms a token; {@code peer} is empty where Python cannot be had. */
    record Round(double ours, double oursProcessor, Optional<Peers.Measured> peer) {}

    DecodingBench(Path checkout) throws IOException, InterruptedException {
        this.twin = LargeTwin.of(checkout);
        this.peers = new Peers(checkout);
        this.model = Models.open(twin.toString(), ModelPair.ONE_THREAD);
        for (int i = 0; i < WARM_UP; i++) {
            caption();
        }
    }

    Round round() throws IOException, InterruptedException {
        long start = System.nanoTime();
        long processor = system.getProcessCpuTime();
        int tokens = 0;
        var texts = new ArrayList<String>();
        for (int i = 0; i < CAPTIONS; i++) {
            var caption = caption();
            tokens += caption.tokenCount();
            texts.add(caption.text());
        }
        double ours = (System.nanoTime() - start) / 1e6 / tokens;
        double oursProcessor = (system.getProcessCpuTime() - processor) / 1e6 / tokens;
        var command = List.of("decoding_peer.py", twin.toString(), "--tokens", Integer.toString(TOKENS));
        var peer = peers.run(TITLE, command, CAPTIONS);
        peer.filter(measured -> !measured.digest().equals(texts.getLast())).ifPresent(measured -> {
            throw new IllegalStateException(
                    TITLE + " writes \"" + measured.digest() + "\" and we write \"" + texts.getLast() + "\".");
        });
        return new Round(ours, oursProcessor, peer);
    }

    private CaptionResult caption() {
        var item = new CaptionItem("bench", LargeTwin.picture(model.imageSpec(), 0.1f), Optional.empty(), TOKENS);
        return (CaptionResult) model.run(List.of(item)).items().getFirst();
    }

    @Override
    public void close() {
        model.close();
    }
}

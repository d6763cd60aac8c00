package io.unifluid.bench;

import io.unifluid.inference.image.ImageSpec;
import io.unifluid.inference.image.ImageTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A PaliGemma of about fifty million random parameters, whose texts become as long as they may. */
final class LargeTwin {
    private LargeTwin() {}

    /** Its bundle, made at first use. */
    static Path of(Path checkout) throws IOException, InterruptedException {
        var twin = checkout.resolve("tests/bench/target/large-twin");
        if (!Files.isRegularFile(twin.resolve("onnx/decoder_loop.onnx"))) {
            var making = new ProcessBuilder(
                            checkout.resolve("gpu-worker/public-models/run").toString(),
                            "twin",
                            "large",
                            twin.toString())
                    .inheritIO()
                    .start();
            if (making.waitFor() != 0) {
                throw new IllegalStateException(
                        "The large twin cannot be made; run gpu-worker/public-models/run setup first (it needs torch).");
            }
        }
        return twin;
    }

    /** One of a single brightness. */
    static ImageTensor picture(ImageSpec spec, float brightness) {
        var pixels = new float[3 * spec.width() * spec.height()];
        Arrays.fill(pixels, brightness);
        return new ImageTensor(pixels, spec.width(), spec.height(), spec.width(), spec.height());
    }
}

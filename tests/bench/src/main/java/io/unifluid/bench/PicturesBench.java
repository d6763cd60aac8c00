package io.unifluid.bench;

import com.sun.management.OperatingSystemMXBean;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;

/**
 * How fast ordinary pictures are decoded, one at a time: by this build and by an earlier one, alternately in this
 * process, each with the libraries that it was built with. Counts processor time, that of the garbage collector too, so
 * that others on the machine do not matter.
 */
final class PicturesBench {
    private static final int SIDE = 128;
    private static final int ROUNDS = 7;
    private static final long ROUND_NANOS = 300_000_000;
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private PicturesBench() {}

    /** @param now pictures per CPU second of this build @param before of the earlier one */
    record Rates(double now, double before) {}

    /** @param earlier folder of the earlier build's module gpu-worker/inference, with target/classpath */
    static Map<String, Rates> measure(Path earlier) throws Exception {
        var rates = new LinkedHashMap<String, Rates>();
        try (var loader = loader(earlier);
                var now = new Decoder(PicturesBench.class.getClassLoader());
                var before = new Decoder(loader)) {
            for (var picture : pictures().entrySet()) {
                rates.put(picture.getKey(), measure(picture.getValue(), now, before));
            }
        }
        return rates;
    }

    private static Rates measure(byte[] picture, Decoder now, Decoder before) throws Exception {
        now.rate(picture);
        before.rate(picture);
        var nows = new ArrayList<Double>();
        var befores = new ArrayList<Double>();
        for (int round = 0; round < ROUNDS; round++) {
            nows.add(now.rate(picture));
            befores.add(before.rate(picture));
        }
        return new Rates(LatencyBench.median(nows), LatencyBench.median(befores));
    }

    private static URLClassLoader loader(Path module) throws IOException {
        var urls = new ArrayList<URL>();
        urls.add(url(module.resolve("target/classes")));
        for (var entry :
                Files.readString(module.resolve("target/classpath")).strip().split(File.pathSeparator)) {
            urls.add(url(Path.of(entry)));
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static URL url(Path path) throws MalformedURLException {
        return path.toUri().toURL();
    }

    /** The decoder of a build, by its public methods, which are the same in both. */
    private static final class Decoder implements AutoCloseable {
        private final Object decoder;
        private final Method decode;
        private final Method close;

        Decoder(ClassLoader loader) throws Exception {
            var spec = loader.loadClass("io.unifluid.inference.image.ImageSpec");
            var limits = loader.loadClass("io.unifluid.inference.image.DecodeLimits");
            var type = loader.loadClass("io.unifluid.inference.image.ImageDecoder");
            var half = List.of(0.5f, 0.5f, 0.5f);
            decoder = type.getConstructor(spec, limits)
                    .newInstance(
                            spec.getConstructor(int.class, int.class, List.class, List.class)
                                    .newInstance(SIDE, SIDE, half, half),
                            limits.getMethod("defaults").invoke(null));
            decode = type.getMethod("decode", byte[].class);
            close = type.getMethod("close");
            // Readers that come with a build are found through the loader of the thread that looks for them.
            Thread.currentThread().setContextClassLoader(loader);
            ImageIO.scanForPlugins();
            Thread.currentThread().setContextClassLoader(PicturesBench.class.getClassLoader());
        }

        double rate(byte[] picture) throws Exception {
            long start = PROCESS.getProcessCpuTime();
            int count = 0;
            while (count < 2 || PROCESS.getProcessCpuTime() - start < ROUND_NANOS) {
                decode.invoke(decoder, picture);
                count++;
            }
            return count / ((PROCESS.getProcessCpuTime() - start) / 1e9);
        }

        @Override
        public void close() throws ReflectiveOperationException {
            close.invoke(decoder);
        }
    }

    private static Map<String, byte[]> pictures() throws IOException {
        var pictures = new LinkedHashMap<String, byte[]>();
        pictures.put("JPEG 640x480", encoded(photograph(640, 480), "jpeg", false));
        pictures.put("JPEG 1152x864", encoded(photograph(1152, 864), "jpeg", false));
        pictures.put("JPEG 1920x1080", encoded(photograph(1920, 1080), "jpeg", false));
        pictures.put("JPEG 1920x1080 progressive", encoded(photograph(1920, 1080), "jpeg", true));
        pictures.put("JPEG 4000x3000", encoded(photograph(4000, 3000), "jpeg", false));
        pictures.put("PNG 128x128", encoded(photograph(128, 128), "png", false));
        pictures.put("PNG 1024x768", encoded(photograph(1024, 768), "png", false));
        pictures.put("PNG 1024x768 with alpha", encoded(seeThrough(photograph(1024, 768)), "png", false));
        pictures.put("GIF 640x480", encoded(photograph(640, 480), "gif", false));
        pictures.put("BMP 640x480", encoded(photograph(640, 480), "bmp", false));
        pictures.put("TIFF 1024x768", encoded(photograph(1024, 768), "tiff", false));
        for (var name : List.of("lossy", "lossless")) {
            try (var in = PicturesBench.class.getResourceAsStream("/pictures/" + name + ".webp")) {
                pictures.put("WebP " + name, in.readAllBytes());
            }
        }
        return pictures;
    }

    /** Slow waves and a little noise, which packs about as a photograph does. */
    private static BufferedImage photograph(int width, int height) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        var random = new Random(1);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int noise = (int) (3 * random.nextGaussian());
                int red = level(127 + 90 * Math.sin(x / 37.0 + y / 91.0) + noise);
                int green = level(127 + 90 * Math.sin(x / 53.0 - y / 29.0) + noise);
                int blue = level(127 + 90 * Math.cos((x + y) / 71.0) + noise);
                image.setRGB(x, y, red << 16 | green << 8 | blue);
            }
        }
        return image;
    }

    private static int level(double value) {
        return (int) Math.clamp(value, 0, 255);
    }

    private static BufferedImage seeThrough(BufferedImage image) {
        var through = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_4BYTE_ABGR);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                through.setRGB(x, y, image.getRGB(x, y) & 0xFFFFFF | (x & 255) << 24);
            }
        }
        return through;
    }

    private static byte[] encoded(BufferedImage image, String format, boolean progressive) throws IOException {
        var writer = ImageIO.getImageWritersByFormatName(format).next();
        var param = writer.getDefaultWriteParam();
        if (progressive) {
            param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        }
        var bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}

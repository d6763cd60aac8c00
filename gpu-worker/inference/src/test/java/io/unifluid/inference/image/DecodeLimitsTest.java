package io.unifluid.inference.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.inference.Fixtures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import org.junit.jupiter.api.Test;

/** What a picture may cost, and that it ends there. */
class DecodeLimitsTest {
    private static final ImageSpec EIGHT = new ImageSpec(8, 8, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));
    private static final Duration PATIENT = Duration.ofSeconds(60);

    private static ImageDecoder decoder(Duration time, long memory) {
        return new ImageDecoder(EIGHT, new DecodeLimits(40_000_000, 20 << 20, time, memory));
    }

    @Test
    void refusesAJpegOfMoreScansThanAnyPictureHas() throws Exception {
        try (ImageDecoder decoder = decoder(PATIENT, 256 << 20)) {
            assertThatThrownBy(() -> decoder.decode(withScans(progressive(64, 64), 100)))
                    .isInstanceOf(BadImageException.class)
                    .hasMessage("The JPEG picture has more than 100 scans, the most that this worker decodes; save it"
                            + " again as an ordinary JPEG.");
        }
    }

    @Test
    void readsAJpegOfManyScans() throws Exception {
        try (ImageDecoder decoder = decoder(PATIENT, 256 << 20)) {
            assertThat(decoder.decode(withScans(progressive(64, 64), 60)).originalWidth())
                    .isEqualTo(64);
        }
    }

    @Test
    void refusesAJpegThatComesBackToItsBlocksTooOften() throws Exception {
        try (ImageDecoder decoder = decoder(PATIENT, 512 << 20)) {
            assertThatThrownBy(() -> decoder.decode(withScans(progressive(6000, 5000), 80)))
                    .isInstanceOf(BadImageException.class)
                    .hasMessageStartingWith("The JPEG picture has so many scans of so many pixels");
        }
    }

    @Test
    void aJpegEndsWithItsTimeAndLeavesNoThreadAtWork() throws Exception {
        byte[] slow = withScans(progressive(5000, 4000), 20);
        try (ImageDecoder decoder = decoder(Duration.ofMillis(50), 512 << 20)) {
            assertThatThrownBy(() -> decoder.decode(slow))
                    .isInstanceOf(BadImageException.class)
                    .hasMessage(
                            "Decoding the JPEG picture took longer than 50 ms of processor time; send a smaller or simpler one.");

            assertThat(atWork()).isEmpty();
        }
    }

    @Test
    void everyFormatEndsWithItsTime() throws Exception {
        BufferedImage large = new BufferedImage(2000, 2000, BufferedImage.TYPE_3BYTE_BGR);
        try (ImageDecoder decoder = decoder(Duration.ofNanos(1), 512 << 20)) {
            for (String format : List.of("jpeg", "png", "gif", "bmp", "tiff")) {
                byte[] picture = encoded(large, format, false);
                assertThatThrownBy(() -> decoder.decode(picture))
                        .as(format)
                        .isInstanceOf(BadImageException.class)
                        .hasMessageContaining("took longer than 0 ms");
            }
            for (String file : List.of("lossless-large.webp", "lossy-large.webp", "bilevel-group4.tif", "rle-8.bmp")) {
                assertThatThrownBy(() -> decoder.decode(Fixtures.variant(file)))
                        .as(file)
                        .isInstanceOf(BadImageException.class)
                        .hasMessageContaining("took longer than 0 ms");
            }
            assertThat(atWork()).isEmpty();
        }
    }

    @Test
    void anInterruptedCallerTakesItsPictureWithIt() throws Exception {
        byte[] slow = withScans(progressive(5000, 4000), 20);
        try (ImageDecoder decoder = decoder(PATIENT, 512 << 20)) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> decoder.decode(slow)).isInstanceOf(InterruptedException.class);

            assertThat(atWork()).isEmpty();
        }
    }

    @Test
    void refusesAPictureThatNeedsMoreMemoryThanThereIs() throws Exception {
        byte[] picture = encoded(new BufferedImage(3000, 3000, BufferedImage.TYPE_3BYTE_BGR), "png", false);
        try (ImageDecoder decoder = decoder(PATIENT, 10 << 20)) {
            assertThatThrownBy(() -> decoder.decode(picture))
                    .isInstanceOf(BadImageException.class)
                    .hasMessage("Decoding the PNG picture of 3000x3000 px takes 26 MiB of memory, and this worker gives"
                            + " at most 10; send a smaller one.");
        }
    }

    @Test
    void picturesWaitForEachOthersMemory() throws Exception {
        byte[] picture = encoded(new BufferedImage(1500, 1500, BufferedImage.TYPE_3BYTE_BGR), "png", false);
        try (ImageDecoder decoder = decoder(PATIENT, 8 << 20);
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ImageTensor>> decoded = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                decoded.add(callers.submit(() -> decoder.decode(picture)));
            }
            for (Future<ImageTensor> tensor : decoded) {
                assertThat(tensor.get().originalWidth()).isEqualTo(1500);
            }
        }
    }

    @Test
    void readsTheOrientationAndInflatesNothingElse() throws Exception {
        byte[] turned = Fixtures.picture("orientation-6.png");
        byte[] text = ByteBuffer.allocate(2000 + 320_000)
                .put("Comment\0\0".getBytes(StandardCharsets.ISO_8859_1))
                .put(zeros(300_000_000))
                .array();
        for (String name : List.of("zTXt", "iCCP")) {
            byte[] bomb = withChunk(turned, name, text);
            try (ImageDecoder decoder = decoder(PATIENT, 1 << 20)) {
                assertThat(decoder.decode(bomb)).isEqualTo(decoder.decode(turned));
            }
        }
    }

    @Test
    void aHeaderThatSaysNothingHasItsOwnSentenceInEveryFormat() {
        byte[] bmp = Fixtures.picture("plain.bmp");
        ByteBuffer.wrap(bmp).putInt(18, 0);
        byte[] gif = Fixtures.variant("plain.gif");
        ByteBuffer.wrap(gif).putInt(6, 0);
        int image = new String(gif, StandardCharsets.ISO_8859_1).indexOf(',', 13 + 48);
        ByteBuffer.wrap(gif).putInt(image + 5, 0);
        byte[] webp = Fixtures.picture("lossy.webp");
        ByteBuffer.wrap(webp).putInt(26, 0);
        byte[] tiff = Fixtures.variant("grey-4.tif");
        ByteBuffer.wrap(tiff).putInt(18, 0).putInt(30, 0);
        try (ImageDecoder decoder = decoder(PATIENT, 1 << 20)) {
            for (byte[] picture : List.of(bmp, gif, webp, tiff)) {
                assertThatThrownBy(() -> decoder.decode(picture))
                        .isInstanceOf(BadImageException.class)
                        .hasMessageStartingWith("The picture's header says ")
                        .hasMessageEndingWith(" px; send a picture that has pixels.");
            }
        }
    }

    /** Decoder threads that are not waiting for a picture. */
    private static Stream<String> atWork() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith("image-decoder-"))
                .filter(thread -> Stream.of(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().startsWith("io.unifluid.")
                                || frame.getClassName().contains("imageio")))
                .map(thread -> thread.getKey().getName());
    }

    private static byte[] progressive(int width, int height) throws IOException {
        return encoded(new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR), "jpeg", true);
    }

    /** With the last scan so many times more. */
    private static byte[] withScans(byte[] jpeg, int more) {
        int scan = jpeg.length - 2;
        while (!(jpeg[scan] == (byte) 0xFF && jpeg[scan + 1] == (byte) 0xDA)) {
            scan--;
        }
        byte[] last = Arrays.copyOfRange(jpeg, scan, jpeg.length - 2);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, jpeg.length - 2);
        for (int i = 0; i < more; i++) {
            out.writeBytes(last);
        }
        out.write(0xFF);
        out.write(0xD9);
        return out.toByteArray();
    }

    /** Behind the header of a PNG. */
    private static byte[] withChunk(byte[] png, String name, byte[] data) {
        byte[] type = name.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 sum = new CRC32();
        sum.update(type);
        sum.update(data);
        return ByteBuffer.allocate(png.length + 12 + data.length)
                .put(png, 0, 33)
                .putInt(data.length)
                .put(type)
                .put(data)
                .putInt((int) sum.getValue())
                .put(png, 33, png.length - 33)
                .array();
    }

    private static byte[] zeros(int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] packed = new byte[1 << 16];
        try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION)) {
            deflater.setInput(new byte[count]);
            deflater.finish();
            while (!deflater.finished()) {
                out.write(packed, 0, deflater.deflate(packed));
            }
        }
        return out.toByteArray();
    }

    private static byte[] encoded(BufferedImage image, String format, boolean progressive) throws IOException {
        var writer = ImageIO.getImageWritersByFormatName(format).next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        if (progressive) {
            param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}

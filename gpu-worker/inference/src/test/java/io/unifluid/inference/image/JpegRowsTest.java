package io.unifluid.inference.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.inference.Fixtures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A reduced JPEG is what the JDK's reader makes of it, averaged; and what is damaged for one is damaged for the other. */
class JpegRowsTest {
    private static final List<Float> ZEROS = List.of(0f, 0f, 0f);
    private static final List<Float> ONES = List.of(1f, 1f, 1f);

    /** Colours that are stored at fewer pixels are interpolated by the JDK's reader, across these pictures' sharp edges too. */
    @ParameterizedTest
    @CsvSource({
        "baseline-444.jpg, 0.7",
        "baseline-422.jpg, 2.5",
        "baseline-440.jpg, 0.7",
        "baseline-420.jpg, 4",
        "baseline-411.jpg, 0.7",
        "restarts.jpg, 4",
        "grey.jpg, 0.7",
        "rgb-adobe.jpg, 0.7",
        "rgb-by-names.jpg, 0.7",
        "ycc-unmarked.jpg, 0.7",
        "ycc-unmarked-420.jpg, 4",
        "height-later.jpg, 0.7",
        "low-quality.jpg, 2.5",
        "comments.jpg, 4",
        "trailing.jpg, 4",
        "mpo.jpg, 4",
        "icc-grey.jpg, 0.7"
    })
    void isTheMeanOfItsPixels(String file, double most) throws Exception {
        for (int reduced : new int[] {2, 4, 8}) {
            assertThat(difference(Fixtures.variant(file), reduced))
                    .as("reduced by " + reduced)
                    .isLessThan(most);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "7, 9", "16, 16", "17, 33", "640, 427", "1001, 667"})
    void oddSizesToo(int width, int height) throws Exception {
        for (int reduced : new int[] {2, 4, 8}) {
            byte[] picture = encoded(photograph(width, height, BufferedImage.TYPE_3BYTE_BGR));

            JpegFile file = JpegFile.of(picture);
            PixelRows rows = file.read(reduced, time());

            assertThat(rows.width()).isEqualTo(Math.ceilDiv(width, reduced));
            assertThat(rows.height()).isEqualTo(Math.ceilDiv(height, reduced));
            assertThat(rows.exactWidth()).isEqualTo((double) width / reduced);
            assertThat(difference(picture, reduced)).as("reduced by " + reduced).isLessThan(1.5);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "2, 1", "1, 2", "4, 1", "1, 4"})
    void aScanForEachComponent(int across, int down) throws Exception {
        byte[] picture = separate(across, down);

        JpegFile file = JpegFile.of(picture);

        assertThat(file.reducible()).hasSize(3);
        for (int reduced : new int[] {2, 4, 8}) {
            assertThat(difference(picture, reduced)).as("reduced by " + reduced).isLessThan(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"progressive-420.jpg", "cmyk-adobe.jpg", "ycck-420.jpg", "grey-progressive.jpg"})
    void leavesOthersToTheJdk(String file) throws Exception {
        assertThat(JpegFile.of(Fixtures.variant(file)).reduces()).isFalse();
    }

    @Test
    void leavesColoursToTheJdkThatAreStoredAtAThird() throws Exception {
        assertThat(JpegFile.of(separate(3, 1)).reduces()).isFalse();
    }

    @Test
    void aTensorOfAReducedPictureIsNearThatOfTheWhole() throws Exception {
        byte[] picture = encoded(photograph(1001, 667, BufferedImage.TYPE_3BYTE_BGR));
        JpegFile file = JpegFile.of(picture);
        for (Preparation preparation : List.of(
                new Preparation.Smooth(),
                new Preparation.Levels(Filter.BICUBIC),
                new Preparation.Middle(Filter.BILINEAR, new Preparation.ShortestEdge(44)),
                new Preparation.Padded(Filter.LANCZOS, 14, List.of(127, 127, 127)))) {
            ImageSpec spec = new ImageSpec(40, 40, ZEROS, ONES, preparation);
            float[] whole = new PictureReading(file, spec, 1, time()).call().values();
            int skip = PictureReading.skip(file, spec);

            float[] reduced =
                    new PictureReading(file, spec, skip, time()).call().values();

            assertThat(skip).as("%s", preparation).isEqualTo(8);
            double sum = 0;
            for (int i = 0; i < whole.length; i++) {
                sum += Math.abs(whole[i] - reduced[i]);
            }
            assertThat(255 * sum / whole.length).as("%s", preparation).isLessThan(1.5);
        }
    }

    @ParameterizedTest
    @CsvSource({"223, 1", "224, 2", "447, 2", "448, 4", "895, 4", "896, 8", "4000, 8"})
    void isReducedWhereEnoughIsLeft(int side, int reduced) throws Exception {
        byte[] picture = encoded(new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR));

        assertThat(PictureReading.skip(JpegFile.of(picture), new ImageSpec(64, 64, ZEROS, ONES)))
                .isEqualTo(reduced);
    }

    @Test
    void aTurnedPictureIsReducedByTheSidesThatAreShown() throws Exception {
        JpegFile file = JpegFile.of(Fixtures.variant("turned-6.jpg")); // Stored with 45x31 px.

        assertThat(PictureReading.skip(file, new ImageSpec(8, 12, ZEROS, ONES))).isEqualTo(2);
        assertThat(PictureReading.skip(file, new ImageSpec(12, 8, ZEROS, ONES))).isEqualTo(1);
    }

    @Test
    void aLargePictureTakesLittleMemory() throws Exception {
        byte[] picture = encoded(new BufferedImage(6000, 5000, BufferedImage.TYPE_3BYTE_BGR));
        ImageSpec spec = new ImageSpec(64, 64, ZEROS, ONES);
        DecodeLimits limits = new DecodeLimits(40_000_000, 20 << 20, Duration.ofSeconds(60), 1 << 20);

        try (ImageDecoder decoder = new ImageDecoder(spec, limits)) {
            assertThat(decoder.decode(picture).originalWidth()).isEqualTo(6000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"baseline-420.jpg", "restarts.jpg", "grey.jpg"})
    void whatIsCutShortIsRefusedAsByTheJdk(String name) {
        byte[] sound = Fixtures.variant(name);
        for (int length = 4; length < sound.length; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            byte[] ended = Arrays.copyOf(sound, length + 2);
            ended[length] = (byte) 0xFF;
            ended[length + 1] = (byte) 0xD9;
            for (byte[] picture : List.of(cut, ended)) {
                String refusal = outcome(picture, 8);
                assertThat(refusal).as("%s cut to %d bytes", name, length).isEqualTo(outcome(picture, 1));
                assertThat(refusal.isEmpty()).isEqualTo(picture == ended && length >= sound.length - 2);
            }
        }
    }

    @Test
    void aRestartMarkOutOfTurnIsRefusedAsByTheJdk() {
        byte[] sound = Fixtures.variant("restarts.jpg");
        int marks = 0;
        for (int at = at(sound, 0xDA); at < sound.length - 2; at++) {
            if (sound[at] == (byte) 0xFF && (sound[at + 1] & 0xF8) == 0xD0) {
                byte[] damaged = sound.clone();
                damaged[at + 1] = (byte) (0xD0 | sound[at + 1] + 1 & 7);

                assertThat(outcome(damaged, 8)).contains(" is cut short: ").isEqualTo(outcome(damaged, 1));
                marks++;
            }
        }
        assertThat(marks).isGreaterThan(3);
    }

    @Test
    void whatIsDamagedIsRefusedAsByTheJdk() throws Exception {
        Random random = new Random(5);
        int refused = 0;
        int reduced = 0;
        List<byte[]> pictures = List.of(
                Fixtures.variant("baseline-420.jpg"),
                Fixtures.variant("restarts.jpg"),
                Fixtures.variant("grey.jpg"),
                Fixtures.variant("rgb-adobe.jpg"),
                separate(2, 1));
        for (byte[] sound : pictures) {
            for (int round = 0; round < 600; round++) {
                byte[] damaged = sound.clone();
                for (int i = 0; i <= round / 200; i++) {
                    int at = 4 + random.nextInt(damaged.length - 4);
                    damaged[at] =
                            round % 2 == 0 ? (byte) (damaged[at] ^ 1 << random.nextInt(8)) : (byte) random.nextInt();
                }
                String expected = outcome(damaged, 1);
                for (int by : new int[] {2, 4, 8}) {
                    String refusal = outcome(damaged, by);
                    if (!refusal.equals(expected)) {
                        assertThat(expected).as("round %d, by %d", round, by).isEmpty();
                        assertThat(refusal).contains(" is cut short: ");
                        assertThat(firstWarning(damaged)).contains("extraneous bytes before marker");
                    }
                }
                refused += expected.isEmpty() ? 0 : 1;
                reduced += expected.isEmpty() && JpegFile.of(damaged).reduces() ? 1 : 0;
            }
        }
        assertThat(refused).isGreaterThan(500);
        assertThat(reduced).isGreaterThan(500);
    }

    /** Of the JDK's reader, which tells of no other: bytes that are too many hide from it that others are missing. */
    private static String firstWarning(byte[] picture) throws IOException {
        StringBuilder warnings = new StringBuilder();
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(picture))) {
            reader.setInput(in);
            reader.addIIOReadWarningListener((source, warning) -> warnings.append(warning));
            reader.readRaster(0, null);
        } finally {
            reader.dispose();
        }
        return warnings.toString();
    }

    /** The refusal of a picture whose rows are all read; empty where there is none. */
    private static String outcome(byte[] picture, int reduced) {
        try {
            JpegFile file = JpegFile.of(picture);
            if ((long) file.width() * file.height() > 1_000_000) {
                return "large";
            }
            try (PixelRows rows = file.read(reduced, time())) {
                int[] row = new int[rows.width()];
                for (int y = 0; y < rows.height(); y++) {
                    rows.read(y, row);
                }
            }
            return "";
        } catch (BadImageException e) {
            return e.getMessage();
        } catch (IOException | RuntimeException e) {
            return "damaged";
        }
    }

    /** Mean of levels over all pixels that are whole. */
    private static double difference(byte[] picture, int reduced) throws Exception {
        JpegFile file = JpegFile.of(picture);
        assertThat(file.reduces()).isTrue();
        int[][] whole = pixels(file.read(1, time()));
        int[][] means = pixels(file.read(reduced, time()));
        double sum = 0;
        int count = 0;
        for (int y = 0; y < file.height() / reduced; y++) {
            for (int x = 0; x < file.width() / reduced; x++) {
                for (int shift = 0; shift < 24; shift += 8) {
                    double mean = 0;
                    for (int i = 0; i < reduced * reduced; i++) {
                        mean += whole[y * reduced + i / reduced][x * reduced + i % reduced] >> shift & 255;
                    }
                    sum += Math.abs(mean / (reduced * reduced) - (means[y][x] >> shift & 255));
                    count++;
                }
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    private static int[][] pixels(PixelRows rows) throws Exception {
        try (rows) {
            int[][] pixels = new int[rows.height()][rows.width()];
            for (int y = 0; y < pixels.length; y++) {
                rows.read(y, pixels[y]);
            }
            return pixels;
        }
    }

    private static TimeLimit time() {
        TimeLimit time = new TimeLimit(Duration.ofSeconds(60));
        time.begin();
        return time;
    }

    /** Of three grey pictures, whose tables are the same: luminance of 61x45 px, and differences sampled more coarsely. */
    private static byte[] separate(int across, int down) throws IOException {
        int width = 61;
        int height = 45;
        byte[] light = encoded(photograph(width, height, BufferedImage.TYPE_BYTE_GRAY));
        byte[] colour = encoded(
                photograph(Math.ceilDiv(width, across), Math.ceilDiv(height, down), BufferedImage.TYPE_BYTE_GRAY));
        int frame = at(light, 0xC0);
        int scan = at(light, 0xDA);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(light, 0, frame);
        out.writeBytes(bytes(0xFF, 0xC0, 0, 17, 8, 0, height, 0, width, 3));
        out.writeBytes(bytes(1, across << 4 | down, 0, 2, 0x11, 0, 3, 0x11, 0));
        out.write(light, frame + 13, scan - frame - 13);
        for (int component = 1; component <= 3; component++) {
            byte[] grey = component == 1 ? light : colour;
            out.writeBytes(bytes(0xFF, 0xDA, 0, 8, 1, component, 0, 0, 63, 0));
            int data = at(grey, 0xDA) + 10;
            out.write(grey, data, grey.length - 2 - data);
        }
        out.writeBytes(bytes(0xFF, 0xD9));
        return out.toByteArray();
    }

    private static int at(byte[] jpeg, int marker) {
        return IntStream.range(0, jpeg.length)
                .filter(i -> jpeg[i] == (byte) 0xFF && (jpeg[i + 1] & 0xFF) == marker)
                .findFirst()
                .orElseThrow();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** Slow waves and a little noise. */
    private static BufferedImage photograph(int width, int height, int type) {
        Random random = new Random(1);
        BufferedImage image = new BufferedImage(width, height, type);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int noise = (int) (5 * random.nextGaussian());
                int red = level(127 + 90 * Math.sin(x / 17.0 + y / 31.0) + noise);
                int green = level(127 + 90 * Math.sin(x / 23.0 - y / 19.0) + noise);
                int blue = level(127 + 90 * Math.cos((x + y) / 27.0) + noise);
                image.setRGB(x, y, red << 16 | green << 8 | blue);
            }
        }
        return image;
    }

    private static int level(double value) {
        return (int) Math.clamp(value, 0, 255);
    }

    private static byte[] encoded(BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, "jpeg", bytes)).isTrue();
        return bytes.toByteArray();
    }
}

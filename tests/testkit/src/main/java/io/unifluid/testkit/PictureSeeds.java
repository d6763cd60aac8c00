package io.unifluid.testkit;

import java.awt.image.BufferedImage;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** Small sound pictures of six formats, to be damaged. The JDK writes all but WebP, which lie in a file. */
final class PictureSeeds {
    private static final int SIDE = 40;
    private static final List<List<Sound>> BY_FORMAT = List.of(jpegs(), pngs(), webps(), gifs(), bmps(), tiffs());

    record Sound(String name, byte[] bytes) {}

    private PictureSeeds() {}

    static List<List<Sound>> byFormat() {
        return BY_FORMAT;
    }

    private static List<Sound> jpegs() {
        return List.of(
                sound("baseline.jpg", colours(), "jpeg", null, false),
                sound("progressive.jpg", colours(), "jpeg", null, true),
                sound("grey.jpg", drawn(BufferedImage.TYPE_BYTE_GRAY), "jpeg", null, false));
    }

    private static List<Sound> pngs() {
        return List.of(
                sound("rgb.png", colours(), "png", null, false),
                sound("interlaced.png", colours(), "png", null, true),
                sound("rgba.png", drawn(BufferedImage.TYPE_INT_ARGB), "png", null, false),
                sound("grey16.png", drawn(BufferedImage.TYPE_USHORT_GRAY), "png", null, false),
                sound("palette.png", drawn(BufferedImage.TYPE_BYTE_INDEXED), "png", null, false));
    }

    private static List<Sound> gifs() {
        return List.of(
                sound("plain.gif", drawn(BufferedImage.TYPE_BYTE_INDEXED), "gif", null, false),
                sound("interlaced.gif", drawn(BufferedImage.TYPE_BYTE_INDEXED), "gif", null, true));
    }

    private static List<Sound> bmps() {
        return List.of(
                sound("rgb.bmp", colours(), "bmp", "BI_RGB", false),
                sound("palette.bmp", drawn(BufferedImage.TYPE_BYTE_INDEXED), "bmp", "BI_RGB", false),
                sound("runs.bmp", drawn(BufferedImage.TYPE_BYTE_INDEXED), "bmp", "BI_RLE8", false),
                sound("fields.bmp", drawn(BufferedImage.TYPE_USHORT_565_RGB), "bmp", "BI_BITFIELDS", false));
    }

    private static List<Sound> tiffs() {
        List<Sound> tiffs = new ArrayList<>();
        for (String packing : List.of("LZW", "Deflate", "PackBits", "JPEG")) {
            tiffs.add(sound(packing + ".tif", colours(), "tiff", packing, false));
        }
        tiffs.add(sound("stored.tif", drawn(BufferedImage.TYPE_USHORT_GRAY), "tiff", null, false));
        tiffs.add(sound("fax.tif", drawn(BufferedImage.TYPE_BYTE_BINARY), "tiff", "CCITT T.6", false));
        return List.copyOf(tiffs);
    }

    /** Lines of a name and a picture in Base64. */
    private static List<Sound> webps() {
        try (InputStream in = PictureSeeds.class.getResourceAsStream("webp-pictures.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(line -> line.split(" "))
                    .map(line -> new Sound(line[0], Base64.getDecoder().decode(line[1])))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BufferedImage colours() {
        return drawn(BufferedImage.TYPE_3BYTE_BGR);
    }

    /** Areas, a gradient and some noise. */
    private static BufferedImage drawn(int type) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, type);
        Random random = new Random(9);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int area = x < SIDE / 2 ? 0xFFE02010 : 0xFF1060D0;
                int gradient = 0xFF000000 | x * 6 << 16 | y * 6 << 8 | 0x40;
                image.setRGB(x, y, y < SIDE / 3 ? area : y < 2 * SIDE / 3 ? gradient : 0xFF000000 | random.nextInt());
            }
        }
        return image;
    }

    private static Sound sound(String name, RenderedImage image, String format, String packing, boolean progressive) {
        return new Sound(name, written(image, format, packing, progressive));
    }

    /** @param packing as the writer names it, or null for its own choice */
    static byte[] written(RenderedImage image, String format, String packing, boolean progressive) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        if (packing != null) {
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionType(
                    Arrays.asList(param.getCompressionTypes()).contains(packing)
                            ? packing
                            : param.getCompressionTypes()[0]);
        }
        if (param.canWriteProgressive()) {
            param.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), param);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}

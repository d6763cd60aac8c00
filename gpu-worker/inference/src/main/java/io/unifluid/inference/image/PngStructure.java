package io.unifluid.inference.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Walks the chunks of a PNG file. ImageIO reads a file whose chunk checksums are wrong, and says of a cut one only that
 * a ZLIB stream ended.
 */
final class PngStructure {
    private static final int SIGNATURE = 8;
    private static final int AROUND_DATA = 12;

    private PngStructure() {}

    /**
     * Checks that the file goes on to its end mark and that its pixels are as they were written.
     *
     * @return whether there is an EXIF chunk
     * @throws BadImageException if the file is cut short or damaged
     */
    static boolean check(byte[] bytes) throws BadImageException {
        ByteBuffer png = ByteBuffer.wrap(bytes);
        boolean exif = false;
        int at = SIGNATURE;
        while (bytes.length - at >= AROUND_DATA) {
            int length = png.getInt(at);
            if (length < 0 || length > bytes.length - at - AROUND_DATA) {
                break;
            }
            String type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
            if (type.equals("IHDR") || type.equals("PLTE") || type.equals("IDAT")) {
                CRC32 crc = new CRC32();
                crc.update(bytes, at + 4, length + 4);
                if ((int) crc.getValue() != png.getInt(at + 8 + length)) {
                    throw new BadImageException("The PNG picture is damaged (checksum of its " + type
                            + " chunk at byte " + at + "); send it again.");
                }
            }
            if (type.equals("IEND")) {
                return exif;
            }
            exif |= type.equals("eXIf");
            at += AROUND_DATA + length;
        }
        throw Truncated.after("PNG", bytes.length);
    }
}

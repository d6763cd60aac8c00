package io.unifluid.inference.image;

import java.util.List;
import java.util.Optional;

/** What a file is that is no picture of a kind that is read: its sender is told its name, and what to do. */
final class ForeignFormat {
    private ForeignFormat() {}

    /** @return the sentence for a file of a known kind */
    static Optional<String> sentence(byte[] bytes) {
        Beginning file = new Beginning(bytes);
        return picture(file)
                .map(name -> "The picture is " + name + ", which this worker does not read; convert it to JPEG or PNG.")
                .or(() -> other(file)
                        .map(name -> "The bytes are " + name
                                + ", not a picture; send a picture as JPEG, PNG, WebP, GIF, BMP or TIFF."));
    }

    private static Optional<String> picture(Beginning file) {
        return Optional.ofNullable(isoMedia(file))
                .or(() -> Optional.ofNullable(named(file)))
                .or(() -> Optional.ofNullable(raw(file)))
                .or(() -> svg(file.text()) ? Optional.of("an SVG drawing") : Optional.empty());
    }

    /** Containers that MP4 is one of: the brand tells. */
    private static String isoMedia(Beginning file) {
        if (!file.is(4, "ftyp")) {
            return null;
        }
        for (int at = 8; at < 64; at += 4) {
            if (file.is(at, "avif") || file.is(at, "avis")) {
                return "AVIF";
            }
            if (file.is(at, "heic")
                    || file.is(at, "heix")
                    || file.is(at, "hevc")
                    || file.is(at, "heim")
                    || file.is(at, "heis")) {
                return "HEIC";
            }
            if (file.is(at, "crx ")) {
                return "a camera's raw picture (CR3)";
            }
        }
        return file.is(8, "mif1") || file.is(8, "msf1") ? "HEIF" : null;
    }

    private static String named(Beginning file) {
        if (file.is(0, 0xFF, 0x0A) || file.is(4, "JXL ")) {
            return "JPEG XL";
        }
        if (file.is(4, "jP  ") || file.is(0, 0xFF, 0x4F, 0xFF, 0x51)) {
            return "JPEG 2000";
        }
        if (file.is(0, 'I', 'I', 0xBC)) {
            return "JPEG XR";
        }
        if (file.is(0, "8BPS")) {
            return "a Photoshop document (PSD)";
        }
        if (targa(file)) {
            return "Targa (TGA)";
        }
        if (file.is(0, 0, 0, 1, 0) || file.is(0, 0, 0, 2, 0)) {
            return "an icon or cursor (ICO)";
        }
        if (file.is(0, "icns")) {
            return "an icon of macOS (ICNS)";
        }
        if (file.is(0, 'P') && bytesBetween(file, '1', '7') && file.bytes().length > 2 && file.bytes()[2] <= ' ') {
            return "PNM (PBM, PGM, PPM or PAM)";
        }
        if (file.is(0, "qoif")) {
            return "QOI";
        }
        if (file.is(0, 0x76, 0x2F, 0x31, 0x01)) {
            return "OpenEXR";
        }
        if (file.is(0, "#?RADIANCE") || file.is(0, "#?RGBE")) {
            return "Radiance HDR";
        }
        if (file.is(0, "DDS ")) {
            return "a DDS texture";
        }
        if (file.is(0, "gimp xcf")) {
            return "a GIMP document (XCF)";
        }
        if (file.is(0, 0x01, 0xDA, 0) || file.is(0, 0x01, 0xDA, 1)) {
            return "SGI";
        }
        if (file.is(0, 0x0A)
                && file.is(2, 1)
                && file.bytes().length > 128
                && file.bytes()[1] <= 5
                && file.bytes()[3] <= 8) {
            return "PCX";
        }
        if (file.is(0, 0x8A, 'M', 'N', 'G') || file.is(0, 0x8B, 'J', 'N', 'G')) {
            return "MNG or JNG";
        }
        if (file.is(0, "AT&TFORM")) {
            return "DjVu";
        }
        if (file.is(0, 'B', 'P', 'G', 0xFB)) {
            return "BPG";
        }
        if (file.is(0, "FLIF")) {
            return "FLIF";
        }
        if (file.is(128, "DICM")) {
            return "a medical picture (DICOM)";
        }
        if (file.is(0, 0x59, 0xA6, 0x6A, 0x95)) {
            return "a Sun raster";
        }
        return file.is(0, 0xD7, 0xCD, 0xC6, 0x9A) || file.is(40, " EMF") ? "a Windows metafile" : null;
    }

    /**
     * It begins with no sign of its own: with its kind, and with numbers that must fit each other. Without a colour map nothing is
     * said of one, where an icon has the number of its pictures.
     */
    private static boolean targa(Beginning file) {
        var bytes = file.bytes();
        return bytes.length > 18
                && (bytes[1] == 1 || file.is(1, 0) && file.is(3, 0, 0, 0, 0, 0))
                && List.of(1, 2, 3, 9, 10, 11).contains((int) bytes[2])
                && List.of(8, 15, 16, 24, 32).contains((int) bytes[16])
                && (bytes[12] | bytes[13]) != 0
                && (bytes[14] | bytes[15]) != 0;
    }

    private static boolean bytesBetween(Beginning file, char low, char high) {
        return file.bytes().length > 1 && file.bytes()[1] >= low && file.bytes()[1] <= high;
    }

    private static String raw(Beginning file) {
        boolean raw = file.is(0, "FUJIFILMCCD-RAW")
                || file.is(0, "IIRO")
                || file.is(0, "MMOR")
                || file.is(0, "IIRS")
                || file.is(0, 'I', 'I', 'U', 0)
                || file.is(0, "FOVb")
                || file.is(0, 0, 'M', 'R', 'M')
                || file.is(8, 'C', 'R', 2, 0)
                || file.is(6, "HEAPCCDR");
        return raw ? "a camera's raw picture" : null;
    }

    private static boolean svg(String text) {
        return text.startsWith("<svg")
                || (text.startsWith("<") && !text.startsWith("<!doctype html") && text.contains("<svg"));
    }

    private static Optional<String> other(Beginning file) {
        return Optional.ofNullable(document(file)).or(() -> Optional.ofNullable(text(file.text())));
    }

    private static String document(Beginning file) {
        if (file.is(0, "%PDF")) {
            return "a PDF document";
        }
        if (file.is(0, "%!PS") || file.is(0, 0xC5, 0xD0, 0xD3, 0xC6)) {
            return "a PostScript document";
        }
        if (file.is(0, 'P', 'K', 3, 4) || file.is(0, 'P', 'K', 5, 6)) {
            return "a ZIP archive or an office document";
        }
        if (file.is(0, 0x1F, 0x8B)
                || file.is(0, 'R', 'a', 'r', '!')
                || file.is(0, '7', 'z', 0xBC, 0xAF)
                || file.is(0, 0x28, 0xB5, 0x2F, 0xFD)
                || file.is(0, 0xFD, '7', 'z', 'X', 'Z')
                || file.is(257, "ustar")) {
            return "an archive or a compressed file";
        }
        if (file.is(4, "ftyp") || file.is(0, 0x1A, 0x45, 0xDF, 0xA3) || (file.is(0, "RIFF") && file.is(8, "AVI "))) {
            return "a video";
        }
        if (file.is(0, "ID3")
                || file.is(0, "OggS")
                || file.is(0, "fLaC")
                || (file.is(0, "RIFF") && file.is(8, "WAVE"))) {
            return "sound";
        }
        return file.is(0, 0x7F, 'E', 'L', 'F') || file.is(0, "MZ") ? "a program" : null;
    }

    private static String text(String text) {
        if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
            return "an HTML page (is the address that of a page?)";
        }
        if (text.startsWith("version https://git-lfs")) {
            return "a pointer of Git LFS (fetch the file itself first)";
        }
        return text.startsWith("<?xml") ? "XML" : null;
    }
}

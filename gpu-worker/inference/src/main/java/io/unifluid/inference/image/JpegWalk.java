package io.unifluid.inference.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * One walk through the segments of a JPEG: what is to be decoded, in what colours, and whether it is worth the work.
 * Progressive pictures may come back to the same block again and again with a few bytes each time, so scans are
 * counted, and the blocks that they go over.
 */
final class JpegWalk {
    /** Ordinary progressive pictures have 6 to 20. */
    private static final int MOST_SCANS = 100;

    /** Visits of scans to blocks: 40 megapixels have 2 million blocks at full colour, visited some 6 times each. */
    private static final long MOST_VISITS = 20_000_000;

    /** Of those that are decoded: tables, frame, scans. */
    private static final int MOST_SEGMENTS = 10_000;

    private static final int MOST_PROFILE = 1 << 20;

    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final byte[] START = {(byte) 0xFF, (byte) SOI};
    private static final byte[] END = {(byte) 0xFF, (byte) EOI};
    private static final byte[] JFIF = {
        (byte) 0xFF, (byte) 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
    };

    private final byte[] bytes;
    private final Inside inside;
    private final List<Span> parts = new ArrayList<>();
    private final TreeMap<Integer, Span> profile = new TreeMap<>();
    private JpegFrame frame;
    private int frameAt;
    private int frameEnd;
    private int framePart;
    private int scans;
    private long visits;
    private boolean jfif;
    private int adobe = -1;
    private Orientation orientation = Orientation.upright();
    private boolean oriented;

    /** How colours of a JPEG are stored. */
    enum Stored {
        GREY,
        RGB,
        YCC,
        CMYK,
        YCCK
    }

    /**
     * Of a JPEG inside another file.
     *
     * @param tables an abbreviated JPEG with the tables of several, or empty
     * @param stored as the other file says
     */
    record Inside(byte[] tables, Stored stored) {}

    /** @param inside null for a file of its own */
    JpegWalk(byte[] bytes, Inside inside) {
        this.bytes = bytes;
        this.inside = inside;
    }

    JpegFile file() throws BadImageException {
        parts.add(Span.of(START));
        parts.add(Span.of(START)); // Becomes the marker of the colours.
        if (inside != null && inside.tables().length > 0) {
            JpegWalk tables = new JpegWalk(inside.tables(), inside);
            tables.walk();
            parts.addAll(tables.parts);
        }
        boolean whole = walk();
        if (frame == null) {
            throw whole
                    ? Refusal.damaged(ImageFormat.JPEG, "it has no frame header")
                    : Refusal.cutShort(ImageFormat.JPEG, bytes.length);
        }
        if (frame.width() > 0 && frame.height() == 0 && scans > 0) {
            throw new BadImageException("The JPEG picture's height is to be given behind its data (DNL), and is not"
                    + " given there; save it as baseline or progressive JPEG.");
        }
        if (frame.width() == 0 || frame.height() == 0) {
            throw Refusal.noPixels(frame.width(), frame.height());
        }
        if (!whole && inside == null) {
            throw Refusal.cutShort(ImageFormat.JPEG, bytes.length);
        }
        if (scans == 0) {
            throw Refusal.damaged(ImageFormat.JPEG, "it holds no picture");
        }
        Stored stored = inside == null ? stored() : inside.stored();
        parts.set(1, Span.of(marker(stored)));
        parts.set(framePart, Span.of(header()));
        parts.add(Span.of(END));
        return new JpegFile(
                frame,
                List.copyOf(parts),
                scans,
                JpegScan.of(frame, parts),
                stored,
                inks(stored),
                orientation,
                colours(),
                bytes.length);
    }

    /** @return whether the end mark was reached */
    private boolean walk() throws BadImageException {
        int at = 2;
        while (true) {
            while (at < bytes.length && bytes[at] != (byte) 0xFF) {
                at++; // Readers pass over bytes between segments.
            }
            while (at < bytes.length && bytes[at] == (byte) 0xFF) {
                at++;
            }
            if (at >= bytes.length) {
                return false;
            }
            int marker = bytes[at] & 0xFF;
            int start = at - 1;
            at++;
            if (marker == EOI) {
                return true;
            }
            if (marker == 0 || marker == 1 || marker >= 0xD0 && marker <= SOI) {
                continue; // These stand alone.
            }
            if (at + 2 > bytes.length) {
                return false;
            }
            int length = number(at);
            if (length < 2) {
                throw Refusal.damaged(ImageFormat.JPEG, "a segment at byte " + start + " has a length of " + length);
            }
            int end = at + length;
            if (end > bytes.length) {
                return false;
            }
            at = segment(marker, start, end);
        }
    }

    /** @return where the next marker is to be looked for */
    private int segment(int marker, int start, int end) throws BadImageException {
        switch (marker) {
            case 0xC0, 0xC1, 0xC2 -> frame(marker, start, end);
            case 0xC4, 0xDB, 0xDD -> keep(new Span(bytes, start, end)); // DHT, DQT, DRI
            case SOS -> {
                return scan(start, end);
            }
            case 0xDC -> height(start, end);
            case 0xE0 -> jfif |= named(start, end, "JFIF\0");
            case 0xE1 -> exif(start, end);
            case 0xE2 -> profile(start, end);
            case 0xEE -> {
                if (named(start, end, "Adobe") && end - start >= 16) {
                    adobe = bytes[start + 15] & 0xFF;
                }
            }
            default -> unread(marker);
        }
        return end;
    }

    private static void unread(int marker) throws BadImageException {
        String ordinary = "save it as baseline or progressive JPEG";
        switch (marker) {
            case 0xC9, 0xCA, 0xCB, 0xCC -> throw Refusal.unread(ImageFormat.JPEG, "uses arithmetic coding", ordinary);
            case 0xC3 -> throw Refusal.unread(ImageFormat.JPEG, "uses lossless coding", ordinary);
            case 0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, 0xDE, 0xDF ->
                throw Refusal.unread(ImageFormat.JPEG, "uses hierarchical coding", ordinary);
            case 0xF7, 0xF8 -> throw Refusal.unread(ImageFormat.JPEG, "is JPEG-LS", "convert it to JPEG or PNG");
            default -> {} // Comments, data of applications, what is reserved.
        }
    }

    private void frame(int marker, int start, int end) throws BadImageException {
        if (frame != null) {
            throw Refusal.damaged(ImageFormat.JPEG, "it has two frame headers");
        }
        frame = JpegFrame.of(new Span(bytes, start + 2, end), marker == 0xC2);
        frameAt = start;
        frameEnd = end;
        framePart = parts.size();
        keep(new Span(bytes, start, end));
    }

    private int scan(int start, int end) throws BadImageException {
        if (frame == null) {
            throw Refusal.damaged(ImageFormat.JPEG, "its data comes before its frame header");
        }
        scans++;
        if (scans > MOST_SCANS) {
            throw Refusal.tooMuch(
                    ImageFormat.JPEG,
                    "has more than " + MOST_SCANS + " scans, the most that this worker decodes",
                    "save it again as an ordinary JPEG");
        }
        int named = end - start < 5 ? 0 : bytes[start + 4] & 0xFF;
        for (int i = 0; i < named && start + 6 + 2 * i < end; i++) {
            for (int component = 0; component < frame.components(); component++) {
                if (frame.ids()[component] == (bytes[start + 5 + 2 * i] & 0xFF)) {
                    visits += frame.blocks(component);
                }
            }
        }
        if (visits > MOST_VISITS) {
            throw Refusal.tooMuch(
                    ImageFormat.JPEG,
                    "has so many scans of so many pixels that it takes more work than this worker gives one picture",
                    "save it again as baseline JPEG");
        }
        int at = JpegBits.nextMark(bytes, end);
        while (at + 1 < bytes.length && !(bytes[at] == (byte) 0xFF && ends(bytes[at + 1] & 0xFF))) {
            at = JpegBits.nextMark(bytes, at + 1);
        }
        if (at + 1 >= bytes.length) {
            at = bytes.length;
        }
        keep(new Span(bytes, start, at));
        return at;
    }

    /** Whether a byte behind 0xFF ends a scan's data: neither a stuffed zero nor a restart mark nor a filling. */
    private static boolean ends(int marker) {
        return marker != 0 && marker != 0xFF && (marker < 0xD0 || marker > 0xD7);
    }

    /** The height may come behind the first scan. */
    private void height(int start, int end) {
        if (frame != null && frame.height() == 0 && end - start == 6) {
            frame = frame.ofHeight(number(start + 4));
        }
    }

    private byte[] header() {
        byte[] header = Arrays.copyOfRange(bytes, frameAt, frameEnd);
        header[5] = (byte) (frame.height() >> 8);
        header[6] = (byte) frame.height();
        return header;
    }

    private void keep(Span part) throws BadImageException {
        if (parts.size() > MOST_SEGMENTS) {
            throw Refusal.tooMuch(
                    ImageFormat.JPEG,
                    "has more than " + MOST_SEGMENTS + " segments, the most that this worker decodes",
                    "save it again as an ordinary JPEG");
        }
        parts.add(part);
    }

    private void exif(int start, int end) {
        if (!oriented && named(start, end, "Exif\0\0")) {
            oriented = true;
            orientation = Orientation.ofExif(new Span(bytes, start + 10, end));
        }
    }

    private void profile(int start, int end) {
        if (named(start, end, "ICC_PROFILE\0") && end - start > 18) {
            profile.putIfAbsent(bytes[start + 16] & 0xFF, new Span(bytes, start + 18, end));
        }
    }

    private Colours colours() {
        long length = profile.values().stream().mapToLong(Span::length).sum();
        if (length == 0 || length > MOST_PROFILE || frame.components() == 4) {
            return Colours.AS_STORED;
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream((int) length);
        profile.values().forEach(part -> whole.write(part.bytes(), part.from(), part.length()));
        Span icc = Span.of(whole.toByteArray());
        return frame.components() == 1 ? Colours.ofGrey(icc) : Colours.ofRgb(icc);
    }

    /** As libjpeg reads the markers, and so most software. */
    private Stored stored() {
        if (frame.components() == 1) {
            return Stored.GREY;
        }
        if (frame.components() == 4) {
            return adobe > 0 ? Stored.YCCK : Stored.CMYK;
        }
        if (jfif) {
            return Stored.YCC;
        }
        if (adobe >= 0) {
            return adobe == 0 ? Stored.RGB : Stored.YCC;
        }
        return Arrays.equals(frame.ids(), new int[] {'R', 'G', 'B'}) ? Stored.RGB : Stored.YCC;
    }

    private Inks.Kind inks(Stored stored) {
        if (frame.components() != 4) {
            return null;
        }
        Inks.Inverted inverted =
                inside != null ? Inks.Inverted.NO : adobe >= 0 ? Inks.Inverted.YES : Inks.Inverted.UNKNOWN;
        return new Inks.Kind(stored == Stored.YCCK, inverted);
    }

    /** What tells the reader how colours are stored. */
    private static byte[] marker(Stored stored) {
        return switch (stored) {
            case GREY, YCC -> JFIF;
            case RGB, CMYK -> adobe(0);
            case YCCK -> adobe(2);
        };
    }

    private static byte[] adobe(int transform) {
        return new byte[] {
            (byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform
        };
    }

    private boolean named(int start, int end, String name) {
        byte[] expected = name.getBytes(StandardCharsets.ISO_8859_1);
        int at = start + 4;
        return end - at >= expected.length
                && Arrays.equals(bytes, at, at + expected.length, expected, 0, expected.length);
    }

    private int number(int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }
}

package io.unifluid.inference.image;

import java.util.Arrays;

/**
 * What comes before the blocks of a VP8 key frame (RFC 6386, 9).
 *
 * @param first the part with this header and the modes of the blocks, read up to them
 * @param tokens the parts with the coefficients; row n of blocks is in part n modulo their number
 * @param segments probabilities of the segment of a block, or null where it is not given
 * @param steps the quantization steps of each segment
 * @param levels how strongly each segment is filtered, of blocks predicted as a whole and in parts
 * @param coefficients probabilities, as {@link Vp8Tables#COEFFICIENTS}
 * @param skipped probability that a block has no coefficients, or -1 where it is not given
 */
record Vp8Header(
        int width,
        int height,
        Vp8Bits first,
        Vp8Bits[] tokens,
        int[] segments,
        Steps[] steps,
        int[][] levels,
        boolean simpleFilter,
        int sharpness,
        int[] coefficients,
        int skipped) {
    private static final int TAG = 10;
    private static final int SEGMENTS = 4;

    /** Of the first coefficient of a 4x4 block and of the others. */
    record Steps(int lumaDc, int lumaAc, int lumaDcDc, int lumaDcAc, int chromaDc, int chromaAc) {}

    /** @throws BadImageException if this is no key frame, or is cut short */
    static Vp8Header of(Span data, int fileLength) throws BadImageException {
        byte[] bytes = data.bytes();
        int at = data.from();
        if (data.length() < TAG) {
            throw Refusal.cutShort(ImageFormat.WEBP, fileLength);
        }
        int tag = bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF) << 16;
        boolean started = bytes[at + 3] == (byte) 0x9D && bytes[at + 4] == 1 && bytes[at + 5] == 0x2A;
        if ((tag & 1) != 0 || (tag >> 1 & 7) > 3 || !started) {
            throw Refusal.damaged(ImageFormat.WEBP, "its data does not begin with a key frame");
        }
        int width = (bytes[at + 6] & 0xFF | (bytes[at + 7] & 0xFF) << 8) & 0x3FFF;
        int height = (bytes[at + 8] & 0xFF | (bytes[at + 9] & 0xFF) << 8) & 0x3FFF;
        int firstEnd = at + TAG + (tag >> 5);
        if (firstEnd > data.to()) {
            throw Refusal.cutShort(ImageFormat.WEBP, fileLength);
        }
        Vp8Bits first = new Vp8Bits(new Span(bytes, at + TAG, firstEnd));
        first.number(2); // Colour space and clamping: both make no difference to a reader.
        int[] segments = null;
        int[] quantizers = new int[SEGMENTS];
        int[] strengths = new int[SEGMENTS];
        boolean absolute = false;
        boolean segmented = first.flag();
        if (segmented) {
            boolean map = first.flag();
            if (first.flag()) {
                absolute = first.flag();
                Arrays.setAll(quantizers, i -> first.optional(7));
                Arrays.setAll(strengths, i -> first.optional(6));
            }
            if (map) {
                segments = new int[3];
                Arrays.setAll(segments, i -> first.flag() ? first.number(8) : 255);
            }
        }
        boolean simple = first.flag();
        int level = first.number(6);
        int sharpness = first.number(3);
        int[] changes = new int[8];
        boolean changing = first.flag();
        if (changing && first.flag()) {
            Arrays.setAll(changes, i -> first.optional(6));
        }
        int[][] levels = new int[SEGMENTS][2];
        for (int i = 0; i < SEGMENTS; i++) {
            int base = !segmented ? level : absolute ? strengths[i] : level + strengths[i];
            levels[i][0] = level == 0 ? 0 : Math.clamp(base + (changing ? changes[0] : 0), 0, 63);
            levels[i][1] = level == 0 ? 0 : Math.clamp(base + (changing ? changes[0] + changes[4] : 0), 0, 63);
        }
        Vp8Bits[] tokens = tokens(first.number(2), new Span(bytes, firstEnd, data.to()), fileLength);
        Steps[] steps = steps(first, segmented, absolute, quantizers);
        first.flag(); // Whether the probabilities outlive this frame: there is no other.
        int[] coefficients = new int[Vp8Tables.COEFFICIENTS.length];
        for (int i = 0; i < coefficients.length; i++) {
            coefficients[i] =
                    first.bit(Vp8Tables.UPDATE[i] & 0xFF) == 1 ? first.number(8) : Vp8Tables.COEFFICIENTS[i] & 0xFF;
        }
        int skipped = first.flag() ? first.number(8) : -1;
        return new Vp8Header(
                width, height, first, tokens, segments, steps, levels, simple, sharpness, coefficients, skipped);
    }

    /** Sizes of all parts but the last, three bytes each, and then the parts. */
    private static Vp8Bits[] tokens(int power, Span data, int fileLength) throws BadImageException {
        Vp8Bits[] tokens = new Vp8Bits[1 << power];
        int size = data.from();
        int at = size + 3 * (tokens.length - 1);
        if (at > data.to()) {
            throw Refusal.cutShort(ImageFormat.WEBP, fileLength);
        }
        byte[] bytes = data.bytes();
        for (int i = 0; i < tokens.length; i++, size += 3) {
            int end = data.to();
            if (i < tokens.length - 1) {
                int length = bytes[size] & 0xFF | (bytes[size + 1] & 0xFF) << 8 | (bytes[size + 2] & 0xFF) << 16;
                end = Math.min(end, at + length);
            }
            tokens[i] = new Vp8Bits(new Span(bytes, at, end));
            at = end;
        }
        return tokens;
    }

    private static Steps[] steps(Vp8Bits bits, boolean segmented, boolean absolute, int[] quantizers) {
        int base = bits.number(7);
        int lumaDc = bits.optional(4);
        int lumaDcDc = bits.optional(4);
        int lumaDcAc = bits.optional(4);
        int chromaDc = bits.optional(4);
        int chromaAc = bits.optional(4);
        Steps[] steps = new Steps[SEGMENTS];
        for (int i = 0; i < SEGMENTS; i++) {
            int q = !segmented ? base : absolute ? quantizers[i] : base + quantizers[i];
            steps[i] = new Steps(
                    Vp8Tables.DC[Math.clamp(q + lumaDc, 0, 127)],
                    Vp8Tables.AC[Math.clamp(q, 0, 127)],
                    Vp8Tables.DC[Math.clamp(q + lumaDcDc, 0, 127)] * 2,
                    Math.max(8, Vp8Tables.AC[Math.clamp(q + lumaDcAc, 0, 127)] * 155 / 100),
                    Vp8Tables.DC[Math.clamp(q + chromaDc, 0, 117)],
                    Vp8Tables.AC[Math.clamp(q + chromaAc, 0, 127)]);
        }
        return steps;
    }
}

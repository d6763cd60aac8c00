package io.unifluid.inference.image;

/**
 * A frame header of a JPEG.
 *
 * @param ids of the components
 * @param across sampling factors, each 1 to 4
 * @param down sampling factors, each 1 to 4
 * @param quantizers numbers of their tables, 0 to 3 where they are sound
 */
record JpegFrame(int width, int height, int[] ids, int[] across, int[] down, int[] quantizers, boolean progressive) {

    /** @param segment from its length on, whose length is that of the array's part */
    static JpegFrame of(Span segment, boolean progressive) throws BadImageException {
        byte[] bytes = segment.bytes();
        int at = segment.from();
        int components = segment.length() < 8 ? 0 : bytes[at + 7] & 0xFF;
        if (components == 0 || segment.length() != 8 + 3 * components) {
            throw Refusal.damaged(ImageFormat.JPEG, "its frame header has a wrong length");
        }
        int precision = bytes[at + 2] & 0xFF;
        if (precision != 8) {
            throw precision > 1 && precision <= 16
                    ? Refusal.unread(ImageFormat.JPEG, "has " + precision + " bits per colour", "save it with 8 bits")
                    : Refusal.damaged(ImageFormat.JPEG, "its frame header says " + precision + " bits per colour");
        }
        if (components == 2 || components > 4) {
            throw Refusal.unread(
                    ImageFormat.JPEG, "has " + components + " colour components", "save it as an ordinary JPEG");
        }
        int[] ids = new int[components];
        int[] across = new int[components];
        int[] down = new int[components];
        int[] quantizers = new int[components];
        for (int i = 0; i < components; i++) {
            ids[i] = bytes[at + 8 + 3 * i] & 0xFF;
            across[i] = bytes[at + 9 + 3 * i] >> 4 & 15;
            down[i] = bytes[at + 9 + 3 * i] & 15;
            quantizers[i] = bytes[at + 10 + 3 * i] & 0xFF;
            if (across[i] < 1 || across[i] > 4 || down[i] < 1 || down[i] > 4) {
                throw Refusal.damaged(ImageFormat.JPEG, "its frame header has impossible sampling factors");
            }
        }
        return new JpegFrame(number(bytes, at + 5), number(bytes, at + 3), ids, across, down, quantizers, progressive);
    }

    /** The two bytes there, as all numbers of a JPEG are stored. */
    static int number(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }

    JpegFrame ofHeight(int lines) {
        return new JpegFrame(width, lines, ids, across, down, quantizers, progressive);
    }

    int components() {
        return ids.length;
    }

    /** Blocks of 8x8 px of all components. */
    long blocks() {
        long blocks = 0;
        for (int i = 0; i < ids.length; i++) {
            blocks += blocks(i);
        }
        return blocks;
    }

    /** Blocks of 8x8 px of a component. */
    long blocks(int component) {
        return (long) Math.ceilDiv(width, 8 * most(across))
                * across[component]
                * Math.ceilDiv(height, 8 * most(down))
                * down[component];
    }

    int mostAcross() {
        return most(across);
    }

    int mostDown() {
        return most(down);
    }

    /** Units of interleaved data in a row of them: a block and its neighbours, of all components. */
    int unitsAcross() {
        return Math.ceilDiv(width, 8 * mostAcross());
    }

    /** Whether a sample of each component covers 1, 2 or 4 pixels in each direction, as in all ordinary pictures. */
    boolean halves() {
        for (int i = 0; i < ids.length; i++) {
            if (!doubled(across[i], mostAcross()) || !doubled(down[i], mostDown())) {
                return false;
            }
        }
        return true;
    }

    private static boolean doubled(int factor, int most) {
        return factor == most || 2 * factor == most || 4 * factor == most;
    }

    private static int most(int[] factors) {
        int most = 1;
        for (int factor : factors) {
            most = Math.max(most, factor);
        }
        return most;
    }
}

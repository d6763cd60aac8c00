package io.unifluid.inference.image;

/**
 * Where the strips or tiles of a TIFF lie: plane by plane, in each row by row, in a row from left to right.
 *
 * @param width of the picture
 * @param height of the picture
 * @param partWidth of a tile; the picture's of a strip
 * @param partHeight of a tile or strip
 * @param tiled whether parts at the edges are as large as the others
 */
record TiffParts(
        byte[] bytes,
        int width,
        int height,
        int partWidth,
        int partHeight,
        boolean tiled,
        long[] offsets,
        long[] lengths) {
    private static final int MOST_PARTS = 1 << 17;

    static TiffParts of(TiffTags tags, byte[] bytes, TiffLayout layout, int width, int height)
            throws BadImageException {
        boolean tiled = tags.has(322);
        long partWidth = tiled ? tags.number(322, 0) : width;
        long partHeight = tiled ? tags.number(323, 0) : Math.min(height, tags.number(278, height));
        if (partWidth < 1 || partHeight < 1 || partWidth > 1 << 24 && tiled || partHeight > 1 << 24 && tiled) {
            throw Refusal.damaged(
                    ImageFormat.TIFF, "its parts are said to be of " + partWidth + "x" + partHeight + " px");
        }
        long count = Math.ceilDiv(width, partWidth) * Math.ceilDiv(height, partHeight) * layout.planes();
        if (count > MOST_PARTS) {
            throw Refusal.tooMuch(
                    ImageFormat.TIFF,
                    "has more than " + MOST_PARTS + " strips or tiles, the most that this worker reads",
                    "save it again with larger ones");
        }
        long[] offsets = tags.numbers(tiled ? 324 : 273, (int) count);
        long[] lengths = tags.numbers(tiled ? 325 : 279, (int) count);
        if (lengths.length == 0 && count == 1 && offsets.length == 1) {
            lengths = new long[] {Math.max(0, bytes.length - offsets[0])}; // Some old programs leave it out.
        }
        if (offsets.length < count || lengths.length < count) {
            throw Refusal.damaged(ImageFormat.TIFF, "it does not say where all its strips or tiles are");
        }
        return new TiffParts(bytes, width, height, (int) partWidth, (int) partHeight, tiled, offsets, lengths);
    }

    int across() {
        return Math.ceilDiv(width, partWidth);
    }

    int down() {
        return Math.ceilDiv(height, partHeight);
    }

    int index(int plane, int row, int column) {
        return (plane * down() + row) * across() + column;
    }

    /** @throws BadImageException if it does not lie in the file */
    Span data(int part) throws BadImageException {
        long from = offsets[part];
        long length = lengths[part];
        if (from < 0 || length < 0 || from > bytes.length || length > bytes.length - from) {
            throw Refusal.cutShort(ImageFormat.TIFF, bytes.length);
        }
        return new Span(bytes, (int) from, (int) (from + length));
    }
}

package io.unifluid.inference.image;

/** How a picture comes to the size that a model takes. */
public sealed interface Preparation {
    /** Stretched with a cubic filter; nothing is rounded in between. */
    record Smooth() implements Preparation {}

    /** Stretched in whole levels, to the level what Pillow gives: for models that were trained on its pictures. */
    record Levels(Filter filter) implements Preparation {}

    /**
     * Cut into tiles of the model's size, and the whole picture as one more after them, as Idefics3 and SmolVLM see it. The
     * picture is resized to its longest edge, then stretched to whole tiles.
     *
     * @param longestEdge in px
     * @param cut false for the whole picture alone
     */
    record Tiles(Filter filter, int longestEdge, boolean cut) implements Preparation {
        /** So many tiles that a picture still fits in memory several times. */
        private static final int MOST = 64;

        /** As in transformers: no side of a resized picture is longer. */
        private static final int LONGEST = 4096;

        public Tiles {
            if (longestEdge < 1 || longestEdge > LONGEST) {
                throw new IllegalArgumentException(
                        "longest edge must be from 1 to " + LONGEST + " px, not " + longestEdge);
            }
        }

        /** Throws where a square picture would have too many tiles. */
        void check(int side) {
            long across = Math.ceilDiv(longestEdge, side);
            if (cut && across * across > MOST) {
                throw new IllegalArgumentException(
                        "a longest edge of " + longestEdge + " px has more than " + MOST + " tiles of " + side + " px");
            }
        }

        /** Of an upright picture, resized to the longest edge. */
        Size resized(int width, int height) {
            double aspect = (double) width / height;
            if (width >= height) {
                int short0 = (int) (longestEdge / aspect);
                return new Size(longestEdge, Math.max(1, short0 + (short0 & 1)));
            }
            int short0 = (int) (longestEdge * aspect);
            return new Size(Math.max(1, short0 + (short0 & 1)), longestEdge);
        }

        /** Of a resized picture, stretched to whole tiles. */
        static Size whole(Size resized, int side) {
            double aspect = (double) resized.width() / resized.height();
            if (resized.width() >= resized.height()) {
                int width = up(resized.width(), side);
                return new Size(width, up((int) (width / aspect), side));
            }
            int height = up(resized.height(), side);
            return new Size(up((int) (height * aspect), side), height);
        }

        private static int up(int length, int side) {
            return Math.max(1, Math.ceilDiv(length, side)) * side;
        }
    }

    /** In px. */
    record Size(int width, int height) {}
}

package io.unifluid.inference.image;

import java.util.Arrays;
import java.util.List;

/** How a picture comes to the size that a model takes. */
public sealed interface Preparation {
    /** Stretched with a cubic filter; nothing is rounded in between. */
    record Smooth() implements Preparation {}

    /** Stretched in whole levels, to the level what Pillow gives: for models that were trained on its pictures. */
    record Levels(Filter filter) implements Preparation {}

    /**
     * Resized in whole levels as Pillow does, and the middle of the model's size cut out of that: as transformers' processors do
     * with {@code do_center_crop}.
     *
     * @param to what a picture is resized to
     */
    record Middle(Filter filter, Target to) implements Preparation {
        /** Throws where a picture would be smaller than what is cut out of it. */
        void check(int width, int height) {
            Size least = to.of(1, 1);
            if (least.width() < width || least.height() < height) {
                throw new IllegalArgumentException("a picture of " + least.width() + "x" + least.height()
                        + " px has no middle of " + width + "x" + height + " px");
            }
        }

        /** Of a resized picture what is cut out: where that is not the very middle, a pixel nearer to the top left. */
        static Part middle(Size resized, int width, int height) {
            return new Part((resized.width() - width) / 2, (resized.height() - height) / 2, width, height);
        }
    }

    /**
     * Resized in whole levels as Pillow does, so that the longer side has the model's length, and put into the middle of a square
     * of one colour: as Janus sees a picture.
     *
     * @param least px that the shorter side has at least
     * @param background levels of red, green and blue around it
     */
    record Padded(Filter filter, int least, List<Integer> background) implements Preparation {
        public Padded {
            background = List.copyOf(background);
            if (background.size() != 3 || background.stream().anyMatch(level -> level < 0 || level > 255)) {
                throw new IllegalArgumentException("a background needs three levels from 0 to 255, not " + background);
            }
        }

        /** Throws where a picture would not fit into the square. */
        void check(int side) {
            if (least < 1 || least > side) {
                throw new IllegalArgumentException(
                        "the shorter side must have at least 1 to " + side + " px, not " + least);
            }
        }

        /** Of an upright picture, for a square of this side; halves are rounded to the even number, as there. */
        Size resized(int width, int height, int side) {
            double scale = (double) side / Math.max(width, height);
            return new Size(
                    Math.max((int) Math.rint(width * scale), least), Math.max((int) Math.rint(height * scale), least));
        }

        /** A resized picture in its square. */
        byte[][] square(byte[][] planes, Size size, int side) {
            int left = (side - size.width()) / 2;
            int top = (side - size.height()) / 2;
            byte[][] square = new byte[3][side * side];
            for (int plane = 0; plane < 3; plane++) {
                Arrays.fill(square[plane], background.get(plane).byteValue());
                for (int y = 0; y < size.height(); y++) {
                    System.arraycopy(
                            planes[plane], y * size.width(), square[plane], (top + y) * side + left, size.width());
                }
            }
            return square;
        }
    }

    /** What a picture is resized to. */
    sealed interface Target {
        /** Of an upright picture. */
        Size of(int width, int height);
    }

    /** The shorter side has this length, and the longer one what keeps the shape, rounded down. */
    record ShortestEdge(int length) implements Target {
        public ShortestEdge {
            if (length < 1 || length > 8192) {
                throw new IllegalArgumentException("shortest edge must be from 1 to 8192 px, not " + length);
            }
        }

        @Override
        public Size of(int width, int height) {
            int longest = (int) ((double) ((long) length * Math.max(width, height)) / Math.min(width, height));
            return width <= height ? new Size(length, longest) : new Size(longest, length);
        }
    }

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

    /** In px; as a target, whatever the picture's shape. */
    record Size(int width, int height) implements Target {
        @Override
        public Size of(int ofWidth, int ofHeight) {
            return this;
        }
    }

    /** Of a picture, in px from its top left corner. */
    record Part(int x, int y, int width, int height) {
        static Part whole(Size size) {
            return new Part(0, 0, size.width(), size.height());
        }
    }
}

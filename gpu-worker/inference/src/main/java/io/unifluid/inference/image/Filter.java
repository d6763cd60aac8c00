package io.unifluid.inference.image;

/** How source pixels are weighed when a picture is resized; the names are Pillow's. */
public enum Filter {
    BILINEAR(1) {
        @Override
        double weight(double x) {
            return x < 1 ? 1 - x : 0;
        }
    },
    BICUBIC(2) {
        @Override
        double weight(double x) {
            if (x < 1) {
                return (1.5 * x - 2.5) * x * x + 1;
            }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
        }
    },
    LANCZOS(3) {
        @Override
        double weight(double x) {
            return x < 3 ? sinc(x) * sinc(x / 3) : 0;
        }
    };

    private final double reach;

    Filter(double reach) {
        this.reach = reach;
    }

    /** In source pixels of an enlargement; a reduction widens it. */
    double reach() {
        return reach;
    }

    /** @param x distance, not negative */
    abstract double weight(double x);

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }
}

package io.unifluid.inference.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Turns colours as stored into sRGB, after the colour profile (ICC) in a file. Profiles that are a curve per colour and
 * a matrix are followed: those of cameras, phones and screens. Profiles of tables (print), of other colour spaces and
 * broken ones are left aside, as most software does: the stored values are taken for sRGB.
 */
final class Colours {
    /** No profile, or one that says sRGB. */
    static final Colours AS_STORED = new Colours(null, null);

    private static final int HEADER = 128;
    private static final int TAG = 12;
    private static final int MOST_TAGS = 100;
    private static final int STEPS = 4096;

    /** From XYZ as profiles have it (D50) to linear sRGB. */
    private static final double[] TO_SRGB = {
        3.1338561, -1.6168667, -0.4906146, -0.9787684, 1.9161415, 0.0334540, 0.0719453, -0.2289914, 1.4052427
    };

    private static final byte[] ENCODED = encoded();

    /** Linear value of each stored value, of red, green and blue; or null. */
    private final float[][] linear;

    /** From the profile's linear colours to sRGB's, row by row; null for grey. */
    private final float[] matrix;

    private Colours(float[][] linear, float[] matrix) {
        this.linear = linear;
        this.matrix = matrix;
    }

    /** @param profile of a picture with three colours */
    static Colours ofRgb(Span profile) {
        try {
            Tags tags = Tags.of(profile, "RGB ");
            if (tags == null) {
                return AS_STORED;
            }
            double[] red = tags.xyz("rXYZ");
            double[] green = tags.xyz("gXYZ");
            double[] blue = tags.xyz("bXYZ");
            float[] matrix = new float[9];
            for (int row = 0; row < 3; row++) {
                for (int i = 0; i < 3; i++) {
                    matrix[3 * row] += (float) (TO_SRGB[3 * row + i] * red[i]);
                    matrix[3 * row + 1] += (float) (TO_SRGB[3 * row + i] * green[i]);
                    matrix[3 * row + 2] += (float) (TO_SRGB[3 * row + i] * blue[i]);
                }
            }
            float[][] linear = {tags.curve("rTRC"), tags.curve("gTRC"), tags.curve("bTRC")};
            return new Colours(linear, matrix).unlessNothingChanges();
        } catch (IndexOutOfBoundsException | IllegalArgumentException _) {
            return AS_STORED; // A broken profile does not spoil a sound picture.
        }
    }

    /** @param profile of a picture of greys */
    static Colours ofGrey(Span profile) {
        try {
            Tags tags = Tags.of(profile, "GRAY");
            if (tags == null) {
                return AS_STORED;
            }
            float[] curve = tags.curve("kTRC");
            return new Colours(new float[][] {curve, curve, curve}, null).unlessNothingChanges();
        } catch (IndexOutOfBoundsException | IllegalArgumentException _) {
            return AS_STORED;
        }
    }

    /** Changes the first {@code count} values of 0xAARRGGBB in place. */
    void toSrgb(int[] argb, int count) {
        if (linear == null) {
            return;
        }
        for (int i = 0; i < count; i++) {
            argb[i] = argb[i] & 0xFF000000 | toSrgb(argb[i]);
        }
    }

    private int toSrgb(int rgb) {
        float red = linear[0][rgb >> 16 & 255];
        float green = linear[1][rgb >> 8 & 255];
        float blue = linear[2][rgb & 255];
        if (matrix == null) {
            return encode(red) << 16 | encode(green) << 8 | encode(blue);
        }
        return encode(matrix[0] * red + matrix[1] * green + matrix[2] * blue) << 16
                | encode(matrix[3] * red + matrix[4] * green + matrix[5] * blue) << 8
                | encode(matrix[6] * red + matrix[7] * green + matrix[8] * blue);
    }

    /** Most profiles say sRGB: those cost nothing. */
    private Colours unlessNothingChanges() {
        for (int red = 0; red < 256; red += 51) {
            for (int green = 0; green < 256; green += 51) {
                for (int blue = 0; blue < 256; blue += 51) {
                    if (!near(red << 16 | green << 8 | blue)) {
                        return this;
                    }
                }
            }
        }
        for (int grey = 0; grey < 256; grey++) {
            if (!near(grey * 0x010101)) {
                return this;
            }
        }
        return AS_STORED;
    }

    private boolean near(int rgb) {
        int changed = toSrgb(rgb);
        return Math.abs((rgb >> 16) - (changed >> 16)) <= 1
                && Math.abs((rgb >> 8 & 255) - (changed >> 8 & 255)) <= 1
                && Math.abs((rgb & 255) - (changed & 255)) <= 1;
    }

    private static int encode(float linear) {
        return ENCODED[(int) (Math.clamp(linear, 0f, 1f) * (STEPS * 4 - 1) + 0.5f)] & 0xFF;
    }

    private static byte[] encoded() {
        byte[] encoded = new byte[STEPS * 4];
        for (int i = 0; i < encoded.length; i++) {
            double x = (double) i / (encoded.length - 1);
            double y = x <= 0.0031308 ? 12.92 * x : 1.055 * Math.pow(x, 1 / 2.4) - 0.055;
            encoded[i] = (byte) Math.round(255 * y);
        }
        return encoded;
    }

    /** The tags of a profile. */
    private record Tags(ByteBuffer profile) {

        /** Null if the profile is not of this colour space, or is not given in XYZ. */
        static Tags of(Span profile, String space) {
            if (profile.length() < HEADER + 4) {
                return null;
            }
            ByteBuffer data = ByteBuffer.wrap(profile.bytes(), profile.from(), profile.length())
                    .slice();
            boolean fits = name(data, 16).equals(space) && name(data, 20).equals("XYZ ");
            return fits ? new Tags(data) : null;
        }

        double[] xyz(String tag) {
            int at = find(tag, "XYZ ");
            return new double[] {fixed(at + 8), fixed(at + 12), fixed(at + 16)};
        }

        float[] curve(String tag) {
            int at = find(tag, null);
            String type = name(profile, at);
            float[] curve = new float[256];
            for (int i = 0; i < 256; i++) {
                double value = switch (type) {
                    case "curv" -> listed(at, i / 255.0);
                    case "para" -> parametric(at, i / 255.0);
                    default -> throw new IllegalArgumentException("no curve: " + type);
                };
                curve[i] = (float) Math.clamp(value, 0, 1);
            }
            return curve;
        }

        private double listed(int at, double x) {
            int count = profile.getInt(at + 8);
            if (count == 0) {
                return x;
            }
            if (count == 1) {
                return Math.pow(x, (profile.getShort(at + 12) & 0xFFFF) / 256.0);
            }
            if (count < 0 || count > 1 << 16) {
                throw new IllegalArgumentException("a curve of " + count);
            }
            double place = x * (count - 1);
            int below = Math.min((int) place, count - 2);
            double low = profile.getShort(at + 12 + 2 * below) & 0xFFFF;
            double high = profile.getShort(at + 14 + 2 * below) & 0xFFFF;
            return (low + (high - low) * (place - below)) / 65535;
        }

        /** Kinds 0 to 4 of ICC.1, 10.18. */
        private double parametric(int at, double x) {
            int kind = profile.getShort(at + 8);
            double g = fixed(at + 12);
            double a = kind >= 1 ? fixed(at + 16) : 1;
            double b = kind >= 1 ? fixed(at + 20) : 0;
            double c = kind >= 2 ? fixed(at + 24) : 0;
            double d = kind >= 3 ? fixed(at + 28) : 0;
            double power = Math.pow(Math.max(0, a * x + b), g);
            return switch (kind) {
                case 0 -> Math.pow(x, g);
                case 1 -> x >= -b / a ? power : 0;
                case 2 -> x >= -b / a ? power + c : c;
                case 3 -> x >= d ? power : c * x;
                case 4 -> x >= d ? power + fixed(at + 32) : c * x + fixed(at + 36);
                default -> throw new IllegalArgumentException("a curve of kind " + kind);
            };
        }

        /** @param type of the tag's data, or null for any */
        private int find(String tag, String type) {
            int count = Math.min(profile.getInt(HEADER), MOST_TAGS);
            for (int i = 0; i < count; i++) {
                int entry = HEADER + 4 + TAG * i;
                if (name(profile, entry).equals(tag)) {
                    int at = profile.getInt(entry + 4);
                    if (type != null && !name(profile, at).equals(type)) {
                        break;
                    }
                    return at;
                }
            }
            throw new IllegalArgumentException("no " + tag);
        }

        private double fixed(int at) {
            return profile.getInt(at) / 65536.0;
        }

        private static String name(ByteBuffer data, int at) {
            byte[] name = new byte[4];
            data.get(at, name);
            return new String(name, StandardCharsets.ISO_8859_1);
        }
    }
}

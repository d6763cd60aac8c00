package io.unifluid.inference.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A scan of a sequential JPEG, with what is in force where it begins.
 *
 * @param restart units of data between two restart marks; 0 for none
 */
record JpegScan(List<Channel> channels, int restart, Span data) {
    private static final int MOST_BLOCKS = 10;

    /** Longer sides are refused by the JDK's reader. */
    private static final int LONGEST_SIDE = 65_500;

    /**
     * A component in a scan.
     *
     * @param means the code of the differences of blocks' means
     * @param others the code of their other coefficients
     * @param steps of the quantizer, in zigzag, and the last one for what comes behind
     */
    record Channel(int component, Span means, Span others, int[] steps) {}

    /**
     * @param parts of a picture, from their markers on, in order
     * @return its scans; none where the JDK's reader is to have it, which reads more and refuses what is wrong
     */
    static List<JpegScan> of(JpegFrame frame, List<Span> parts) {
        boolean taken = !frame.progressive()
                && (frame.components() == 1 || frame.components() == 3)
                && frame.width() <= LONGEST_SIDE
                && frame.height() <= LONGEST_SIDE
                && frame.halves();
        List<JpegScan> scans = taken ? new Tables(frame).scans(parts) : null;
        return scans == null ? List.of() : scans;
    }

    /** What segments before a scan say. */
    private static final class Tables {
        private final JpegFrame frame;
        private final Span[] codes = new Span[8];
        private final int[][] steps = new int[4][];
        private final boolean[] seen;
        private int restart;

        Tables(JpegFrame frame) {
            this.frame = frame;
            this.seen = new boolean[frame.components()];
        }

        List<JpegScan> scans(List<Span> parts) {
            List<JpegScan> scans = new ArrayList<>();
            for (Span part : parts) {
                boolean sound = switch (part.length() < 4 ? 0 : part.bytes()[part.from() + 1] & 0xFF) {
                    case 0xC4 -> codes(part);
                    case 0xDB -> steps(part);
                    case 0xDD -> restart(part);
                    case 0xDA -> {
                        JpegScan scan = scan(part);
                        scans.add(scan);
                        yield scan != null;
                    }
                    default -> true;
                };
                if (!sound) {
                    return null;
                }
            }
            for (boolean component : seen) {
                if (!component) {
                    return null;
                }
            }
            return List.copyOf(scans);
        }

        private boolean codes(Span part) {
            byte[] bytes = part.bytes();
            int at = part.from() + 4;
            while (part.to() - at > 17) {
                int name = bytes[at] & 0xFF;
                int symbols = JpegCode.symbols(bytes, at + 1);
                if ((name & ~0x13) != 0 || symbols < 0 || symbols > part.to() - at - 17) {
                    return false;
                }
                codes[name >> 2 & 4 | name & 3] = new Span(bytes, at + 1, at + 17 + symbols);
                at += 17 + symbols;
            }
            return at == part.to();
        }

        private boolean steps(Span part) {
            byte[] bytes = part.bytes();
            int at = part.from() + 4;
            while (at < part.to()) {
                int name = bytes[at++] & 0xFF;
                int size = 1 + (name >> 4);
                if ((name & ~0x13) != 0 || part.to() - at < 64 * size) {
                    return false;
                }
                int[] table = new int[JpegBits.ORDER.length];
                for (int i = 0; i < 64; i++, at += size) {
                    table[i] = size == 1 ? bytes[at] & 0xFF : JpegFrame.number(bytes, at);
                }
                Arrays.fill(table, 64, table.length, table[63]);
                steps[name & 3] = table;
            }
            return true;
        }

        private boolean restart(Span part) {
            restart = part.length() == 6 ? JpegFrame.number(part.bytes(), part.from() + 4) : 0;
            return part.length() == 6;
        }

        private JpegScan scan(Span part) {
            byte[] bytes = part.bytes();
            int at = part.from() + 2;
            int length = JpegFrame.number(bytes, at);
            int named = part.length() < 5 ? 0 : bytes[at + 2] & 0xFF;
            if (named < 1 || named > frame.components() || length != 6 + 2 * named) {
                return null;
            }
            int end = at + length;
            boolean whole = bytes[end - 3] == 0 && bytes[end - 2] == 63 && bytes[end - 1] == 0;
            List<Channel> channels = new ArrayList<>();
            int blocks = 0;
            for (int i = 0; i < named; i++) {
                Channel channel = channel(bytes[at + 3 + 2 * i], bytes[at + 4 + 2 * i] & 0xFF);
                if (channel == null) {
                    return null;
                }
                channels.add(channel);
                blocks += frame.across()[channel.component()] * frame.down()[channel.component()];
            }
            return whole && (named == 1 || blocks <= MOST_BLOCKS)
                    ? new JpegScan(List.copyOf(channels), restart, new Span(bytes, end, part.to()))
                    : null;
        }

        private Channel channel(byte id, int tables) {
            int component = 0;
            while (component < seen.length && frame.ids()[component] != (id & 0xFF)) {
                component++;
            }
            if (component == seen.length || seen[component] || (tables & ~0x33) != 0) {
                return null;
            }
            seen[component] = true;
            Span means = codes[tables >> 4];
            Span others = codes[4 | tables & 3];
            int[] quantizer = frame.quantizers()[component] > 3 ? null : steps[frame.quantizers()[component]];
            return means == null || others == null || quantizer == null || !sizes(means)
                    ? null
                    : new Channel(component, means, others, quantizer);
        }

        /** Whether the symbols of a code are sizes of numbers. */
        private static boolean sizes(Span code) {
            for (int at = code.from() + 16; at < code.to(); at++) {
                if ((code.bytes()[at] & 0xFF) > 15) {
                    return false;
                }
            }
            return true;
        }
    }
}

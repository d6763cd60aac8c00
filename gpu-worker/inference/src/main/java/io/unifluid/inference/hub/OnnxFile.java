package io.unifluid.inference.hub;

import io.unifluid.inference.ort.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an ONNX file says of itself, read as far as that needs (the protocol buffers of onnx.proto3, whose field numbers
 * stand here): no weight is read, nothing is loaded.
 *
 * @param inputs without those that the file itself has values for, in the file's order
 * @param outputs in the file's order
 * @param externalData files that hold weights, relative to this one's folder, with how many bytes each must have at least
 */
public record OnnxFile(
        Map<String, TensorSpec> inputs, Map<String, TensorSpec> outputs, Map<String, Long> externalData) {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    public OnnxFile {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        externalData = Map.copyOf(externalData);
    }

    /** A file that is no whole ONNX graph; the message goes on from "the file .. ". */
    static final class Broken extends Exception {
        Broken(String message) {
            super(message);
        }
    }

    static OnnxFile read(Path file) throws IOException, Broken {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new Broken("has more than the 2 GiB that an ONNX graph may have");
            }
            var reading = new Reading();
            reading.model(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN));
            return reading.result();
        }
    }

    private static final class Reading {
        private final Map<String, TensorSpec> inputs = new LinkedHashMap<>();
        private final Map<String, TensorSpec> outputs = new LinkedHashMap<>();
        private final Map<String, Long> external = new TreeMap<>();
        private boolean graph;

        private OnnxFile result() throws Broken {
            if (!graph) {
                throw new Broken("holds no ONNX graph, so it was cut short or is something else");
            }
            return new OnnxFile(inputs, outputs, external);
        }

        private void model(ByteBuffer in) throws Broken {
            each(in, (field, part) -> {
                switch (field) {
                    case 7 -> {
                        graph = true;
                        graph(part, true);
                    }
                    case 25 ->
                        each(part, (inner, node) -> {
                            if (inner == 7) {
                                node(node);
                            }
                        });
                    default -> {}
                }
            });
        }

        private void graph(ByteBuffer in, boolean outermost) throws Broken {
            List<String> known = new ArrayList<>();
            each(in, (field, part) -> {
                switch (field) {
                    case 1 -> node(part);
                    case 5 -> known.add(tensor(part));
                    case 15 ->
                        each(part, (inner, tensor) -> {
                            if (inner == 1 || inner == 2) {
                                tensor(tensor);
                            }
                        });
                    case 11 -> {
                        if (outermost) {
                            value(part, inputs);
                        }
                    }
                    case 12 -> {
                        if (outermost) {
                            value(part, outputs);
                        }
                    }
                    default -> {}
                }
            });
            if (outermost) {
                inputs.keySet().removeAll(known);
            }
        }

        private void node(ByteBuffer in) throws Broken {
            each(in, (field, attribute) -> {
                if (field == 5) {
                    each(attribute, (inner, part) -> {
                        switch (inner) {
                            case 5, 10 -> tensor(part);
                            case 6, 11 -> graph(part, false);
                            default -> {}
                        }
                    });
                }
            });
        }

        /** Returns its name. */
        private String tensor(ByteBuffer in) throws Broken {
            String[] name = {""};
            Map<String, String> where = new TreeMap<>();
            each(in, (field, part) -> {
                switch (field) {
                    case 8 -> name[0] = text(part);
                    case 13 -> {
                        String[] entry = {"", ""};
                        each(part, (inner, text) -> {
                            if (inner == 1 || inner == 2) {
                                entry[inner - 1] = text(text);
                            }
                        });
                        where.put(entry[0], entry[1]);
                    }
                    default -> {}
                }
            });
            if (where.containsKey("location")) {
                try {
                    long end = Long.parseLong(where.getOrDefault("offset", "0"))
                            + Long.parseLong(where.getOrDefault("length", "0"));
                    external.merge(where.get("location"), end, Math::max);
                } catch (NumberFormatException e) {
                    throw new Broken("does not say where its weights lie");
                }
            }
            return name[0];
        }

        private void value(ByteBuffer in, Map<String, TensorSpec> values) throws Broken {
            String[] name = {""};
            TensorSpec[] spec = {new TensorSpec(TensorSpec.Element.OTHER, List.of())};
            each(in, (field, part) -> {
                switch (field) {
                    case 1 -> name[0] = text(part);
                    case 2 ->
                        each(part, (kind, type) -> {
                            if (kind == 1) {
                                spec[0] = tensorType(type);
                            }
                        });
                    default -> {}
                }
            });
            values.put(name[0], spec[0]);
        }

        private TensorSpec tensorType(ByteBuffer in) throws Broken {
            TensorSpec.Element[] element = {TensorSpec.Element.OTHER};
            List<Long> axes = new ArrayList<>();
            numbers(
                    in,
                    (field, number) -> {
                        if (field == 1) {
                            element[0] = number == FLOAT
                                    ? TensorSpec.Element.FLOAT
                                    : number == INT64 ? TensorSpec.Element.LONG : TensorSpec.Element.OTHER;
                        }
                    },
                    (field, shape) -> {
                        if (field == 2) {
                            each(shape, (inner, dimension) -> {
                                if (inner == 1) {
                                    axes.add(axis(dimension));
                                }
                            });
                        }
                    });
            return new TensorSpec(element[0], axes);
        }

        private long axis(ByteBuffer in) throws Broken {
            long[] length = {TensorSpec.ANY};
            numbers(
                    in,
                    (field, number) -> {
                        if (field == 1) {
                            length[0] = number;
                        }
                    },
                    (_, _) -> {});
            return length[0];
        }
    }

    private interface Part {
        void take(int field, ByteBuffer content) throws Broken;
    }

    private interface Number {
        void take(int field, long value) throws Broken;
    }

    /** Every part that has a length of its own. */
    private static void each(ByteBuffer in, Part part) throws Broken {
        numbers(in, (_, _) -> {}, part);
    }

    private static void numbers(ByteBuffer in, Number number, Part part) throws Broken {
        while (in.hasRemaining()) {
            long tag = varint(in);
            int field = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case 0 -> number.take(field, varint(in));
                case 1 -> skip(in, 8);
                case 2 -> {
                    long length = varint(in);
                    part.take(field, in.slice(in.position(), within(in, length)).order(ByteOrder.LITTLE_ENDIAN));
                    in.position(in.position() + (int) length);
                }
                case 5 -> skip(in, 4);
                default -> throw new Broken("is not an ONNX graph, or was damaged");
            }
        }
    }

    private static int within(ByteBuffer in, long length) throws Broken {
        if (length < 0 || length > in.remaining()) {
            throw new Broken("ends in the middle, so it was cut short, or is not an ONNX graph");
        }
        return (int) length;
    }

    private static void skip(ByteBuffer in, int length) throws Broken {
        in.position(in.position() + within(in, length));
    }

    private static long varint(ByteBuffer in) throws Broken {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            within(in, 1);
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new Broken("is not an ONNX graph, or was damaged");
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.duplicate().get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

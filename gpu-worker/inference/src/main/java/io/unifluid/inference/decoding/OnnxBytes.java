package io.unifluid.inference.decoding;

import io.unifluid.inference.ort.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Writes small ONNX graphs (onnx.proto3, IR 8, opset 17): what is done with a decoder's outputs between two steps runs
 * inside ONNX Runtime as well, so that neither caches nor scores come out. Field numbers are those of onnx.proto.
 */
final class OnnxBytes {
    private static final int OPSET = 17;
    private static final int IR = 8;

    private final Message graph = new Message();

    /** One protobuf message on its way. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        Message bytes(int field, byte[] value) {
            varint((long) field << 3 | 2);
            varint(value.length);
            bytes.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.bytes.toByteArray());
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                bytes.write((int) (rest & 0x7F | 0x80));
                rest >>>= 7;
            }
            bytes.write((int) rest);
        }
    }

    OnnxBytes() {
        graph.text(2, "between");
    }

    /** @param attributes whole numbers by name */
    OnnxBytes node(String operator, List<String> inputs, String output, Map<String, Integer> attributes) {
        Message node = new Message();
        inputs.forEach(input -> node.text(1, input));
        node.text(2, output).text(4, operator);
        attributes.forEach((name, value) ->
                node.message(5, new Message().text(1, name).number(3, value).number(20, 2)));
        graph.message(1, node);
        return this;
    }

    /** A node that takes a list of axes. */
    OnnxBytes over(String operator, String input, String output, int axis) {
        Message axes = new Message().text(1, "axes").number(8, axis).number(20, 7);
        Message keep = new Message().text(1, "keepdims").number(3, 0).number(20, 2);
        graph.message(
                1,
                new Message()
                        .text(1, input)
                        .text(2, output)
                        .text(4, operator)
                        .message(5, axes)
                        .message(5, keep));
        return this;
    }

    /** A single 64-bit integer. */
    OnnxBytes constant(String name, long value) {
        return constants(new Message(), name, value);
    }

    /** A list of 64-bit integers. */
    OnnxBytes constants(String name, long... values) {
        return constants(new Message().number(1, values.length), name, values);
    }

    private OnnxBytes constants(Message shape, String name, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        graph.message(5, shape.number(2, 7).text(8, name).bytes(9, raw.array()));
        return this;
    }

    OnnxBytes input(String name, TensorSpec.Element element, int axes) {
        graph.message(11, value(name, element, axes));
        return this;
    }

    OnnxBytes output(String name, TensorSpec.Element element, int axes) {
        graph.message(12, value(name, element, axes));
        return this;
    }

    private static Message value(String name, TensorSpec.Element element, int axes) {
        Message shape = new Message();
        for (int i = 0; i < axes; i++) {
            shape.message(1, new Message().text(2, name + "." + i));
        }
        Message tensor = new Message().number(1, code(element)).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    /** TensorProto.DataType. */
    static int code(TensorSpec.Element element) {
        return switch (element) {
            case FLOAT -> 1;
            case LONG -> 7;
            case FLAG -> 9;
            case HALF -> 10;
            case OTHER -> throw new IllegalArgumentException("Only numbers that are read here go through.");
        };
    }

    byte[] bytes() {
        Message opset = new Message().text(1, "").number(2, OPSET);
        return new Message()
                .number(1, IR)
                .message(7, graph)
                .message(8, opset)
                .bytes
                .toByteArray();
    }
}

package io.unifluid.hostile.attack;

import io.unifluid.schemas.InferenceRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Schemas that a stranger registered, and records that are written with them: who writes must not decide what is built. */
final class WriterSchemas implements Attack {
    /** Constructors with one string: each would do, or open, something. */
    private static final List<String> CLASSES = List.of(
            "java.util.Formatter",
            "java.io.FileOutputStream",
            "java.io.PrintWriter",
            "java.io.FileWriter",
            "java.io.FileReader",
            "java.net.URL",
            "java.net.Socket",
            "javax.naming.InitialContext",
            "java.lang.ProcessBuilder",
            "java.math.BigDecimal",
            "java.io.File");

    private static final String RECORD = InferenceRequest.class.getName();

    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        var shots = new ArrayList<Shot>();
        for (var each : CLASSES) {
            byProperty(arsenal, "java-class", each, shots::add);
            byProperty(arsenal, "java-key-class", each, shots::add);
            byProperty(arsenal, "java-element-class", each, shots::add);
        }
        renamed(arsenal, shots::add);
        fifthTask(arsenal, shots::add);
        bombs(arsenal, shots::add);
        return shots.stream();
    }

    /** The request id (or a field that we do not have) is a string that Avro shall turn into an object of that class. */
    private static void byProperty(Arsenal arsenal, String property, String javaClass, Consumer<Shot> out) {
        var type = property.equals("java-class")
                ? "{\"type\":\"string\",\"%s\":\"%s\"}".formatted(property, javaClass)
                : property.equals("java-key-class")
                        ? "{\"type\":\"map\",\"values\":\"string\",\"%s\":\"%s\"}".formatted(property, javaClass)
                        : "{\"type\":\"array\",\"items\":\"string\",\"%s\":\"%s\"}".formatted(property, javaClass);
        var file = arsenal.canary(javaClass + ".txt").toString();
        for (var field : List.of("tenant", "labels", "addedByAStranger")) {
            var schema = """
                    {"type":"record","name":"%s","fields":[
                      {"name":"requestId","type":"string"},
                      {"name":"%s","type":%s}]}""".formatted(RECORD, field, type);
            written(arsenal, property + " " + javaClass, schema, out, (id, encoder) -> {
                encoder.writeString(id);
                switch (property) {
                    case "java-class" -> encoder.writeString(file);
                    case "java-key-class" -> {
                        encoder.writeMapStart();
                        encoder.setItemCount(1);
                        encoder.startItem();
                        encoder.writeString(file);
                        encoder.writeString("x");
                        encoder.writeMapEnd();
                    }
                    default -> {
                        encoder.writeArrayStart();
                        encoder.setItemCount(1);
                        encoder.startItem();
                        encoder.writeString(file);
                        encoder.writeArrayEnd();
                    }
                }
            });
        }
    }

    /** A record of the same shape, and of another name. */
    private static void renamed(Arsenal arsenal, Consumer<Shot> out) {
        for (var name : List.of("com.example.Order", "java.util.Formatter", "io.unifluid.schemas.Control", "Request")) {
            written(
                    arsenal,
                    "record of another name",
                    "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[{\"name\":\"requestId\",\"type\":\"string\"}]}"
                            .formatted(name),
                    out,
                    (id, encoder) -> encoder.writeString(id));
        }
        written(arsenal, "no record at all", "\"string\"", out, (id, encoder) -> encoder.writeString(id));
        written(arsenal, "no record at all", "[\"null\",\"string\"]", out, (id, encoder) -> {
            encoder.writeIndex(1);
            encoder.writeString(id);
        });
    }

    /** A task of a later version, which has the shape of one that we know. */
    private static void fifthTask(Arsenal arsenal, Consumer<Shot> out) {
        var schema = """
                {"type":"record","name":"%s","fields":[
                  {"name":"requestId","type":"string"},
                  {"name":"tenant","type":"string"},
                  {"name":"task","type":["null",{"type":"record","name":"io.unifluid.schemas.Translate","fields":[
                    {"name":"maxTokens","type":"int","default":0},
                    {"name":"hint","type":["null","string"],"default":null}]}]}]}""".formatted(RECORD);
        written(arsenal, "a task of a later version", schema, out, (id, encoder) -> {
            encoder.writeString(id);
            encoder.writeString(Arsenal.TENANT);
            encoder.writeIndex(1);
            encoder.writeInt(4);
            encoder.writeIndex(0);
        });
    }

    /** A few bytes that say that billions of items follow, and schemas as deep as the stack. */
    private static void bombs(Arsenal arsenal, Consumer<Shot> out) {
        var nulls = "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[{\"name\":\"requestId\",\"type\":\"string\"},"
                        .formatted(RECORD)
                + "{\"name\":\"padding\",\"type\":{\"type\":\"array\",\"items\":\"null\"}}]}";
        for (long count : new long[] {1_000_000_000L, Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            written(arsenal, "array of " + count + " nulls", nulls, out, (id, encoder) -> {
                encoder.writeString(id);
                encoder.writeLong(count);
                encoder.writeLong(0);
            });
        }
        var text = "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[{\"name\":\"requestId\",\"type\":\"string\"}]}"
                .formatted(RECORD);
        for (long length : new long[] {Integer.MAX_VALUE, -1, Long.MIN_VALUE, 2_000_000_000L}) {
            written(
                    arsenal,
                    "text that claims a length of " + length,
                    text,
                    out,
                    (_, encoder) -> encoder.writeLong(length));
        }
        var list = "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[{\"name\":\"requestId\",\"type\":\"string\"},"
                        .formatted(RECORD)
                + "{\"name\":\"next\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"L\",\"fields\":["
                + "{\"name\":\"next\",\"type\":[\"null\",\"L\"]}]}]}]}";
        written(arsenal, "list of 100,000 links", list, out, (id, encoder) -> {
            encoder.writeString(id);
            for (int i = 0; i < 100_000; i++) {
                encoder.writeIndex(1);
            }
            encoder.writeIndex(0);
        });
        var deep = "{\"type\":\"array\",\"items\":".repeat(300) + "\"null\"" + "}".repeat(300);
        written(
                arsenal,
                "schema of 300 levels",
                "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[{\"name\":\"requestId\",\"type\":\"string\"},{\"name\":\"deep\",\"type\":%s}]}"
                        .formatted(RECORD, deep),
                out,
                (id, encoder) -> {
                    encoder.writeString(id);
                    encoder.writeLong(0);
                });
    }

    private interface Body {
        void write(String id, BinaryEncoder encoder) throws IOException;
    }

    private static void written(Arsenal arsenal, String kind, String schema, Consumer<Shot> out, Body body) {
        var registered = arsenal.registry().register(Arsenal.TENANT + "-value", schema);
        if (registered.isEmpty()) {
            return;
        }
        var id = arsenal.id();
        var bytes = new ByteArrayOutputStream();
        try {
            var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            body.write(id, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.accept(Shot.of(kind, arsenal.intake(), id, Registry.framed(registered.getAsInt(), bytes.toByteArray())));
    }
}

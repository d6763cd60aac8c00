package io.unifluid.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Type;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;

/**
 * Decodes bodies that were written with one writer's schema into one generated class. Worked out once per writer's
 * schema, then thread-safe.
 *
 * <p>The writer's schema says where the bytes of a field are, and nothing else: what is built are the classes of the
 * reader's schema, {@link String}, {@link Instant}, boxed numbers, lists and maps, whatever properties the writer's has.
 * Schemas are resolved as Avro's specification says, with these differences:
 *
 * <ul>
 *   <li>Named types match by their full names (or the reader's aliases) alone, never by structure.
 *   <li>A choice that this version does not know, in a union of several records, is read as null.
 *   <li>A time that the writer gives in another unit is refused, not taken for milliseconds.
 * </ul>
 *
 * What does not match is refused only when a record really holds it.
 */
final class RecordReader {
    private static final String MILLIS = "timestamp-millis";

    /** Reads one value, or skips it and answers null. */
    private interface Step {
        Object read(AvroCursor in);
    }

    /** Two schemas as objects: comparing their structure would cost more than it saves. */
    private record Pair(Schema writer, Schema reader) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Pair pair && pair.writer == writer && pair.reader == reader;
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(writer) + System.identityHashCode(reader);
        }
    }

    private static final GenericData GENERIC = new GenericData();

    private final ClassLoader classes;
    /** Null in place of the reader's schema where the record is skipped. */
    private final Map<Pair, RecordStep> records = new HashMap<>();

    private final Step root;

    /** @param writer a record with the reader's full name, or with one of the reader's; or a union with such a record in it */
    RecordReader(Schema writer, Schema reader, ClassLoader classes) {
        this.classes = classes;
        this.root = resolve(writer, reader, reader.isUnion() ? "value" : reader.getName());
    }

    /**
     * @param from index of the body's first byte; the body is all that follows
     * @param mostElements of all arrays and maps together
     * @throws UndecodableRecordException if the bytes are no such record
     */
    SpecificRecord read(byte[] bytes, int from, int mostElements) {
        var in = new AvroCursor(bytes, from, mostElements);
        var record = (SpecificRecord) root.read(in);
        in.end();
        return record;
    }

    private Step resolve(Schema writer, Schema reader, String path) {
        if (writer.getType() == Type.UNION) {
            return union(writer.getTypes().stream()
                    .map(branch -> resolve(branch, reader, path))
                    .toArray(Step[]::new));
        }
        if (reader.getType() == Type.UNION) {
            return intoUnion(writer, reader, path);
        }
        if (named(writer) || named(reader)) {
            return sameName(writer, reader) ? sameNamed(writer, reader, path) : mismatch(writer, reader, path);
        }
        return switch (reader.getType()) {
            case ARRAY ->
                writer.getType() == Type.ARRAY
                        ? array(resolve(writer.getElementType(), reader.getElementType(), path))
                        : mismatch(writer, reader, path);
            case MAP ->
                writer.getType() == Type.MAP
                        ? map(resolve(writer.getValueType(), reader.getValueType(), path))
                        : mismatch(writer, reader, path);
            case LONG -> reader.getLogicalType() == null ? number(writer, reader, path) : time(writer, reader, path);
            default -> number(writer, reader, path);
        };
    }

    private static Step union(Step[] branches) {
        return in -> branches[in.readIndex(branches.length)].read(in);
    }

    private Step intoUnion(Schema writer, Schema reader, String path) {
        for (var branch : reader.getTypes()) {
            if (named(writer) ? sameName(writer, branch) : writer.getType() == branch.getType()) {
                return resolve(writer, branch, path);
            }
        }
        for (var branch : reader.getTypes()) {
            if (!named(writer) && promotes(writer.getType(), branch.getType())) {
                return resolve(writer, branch, path);
            }
        }
        long choices = reader.getTypes().stream().filter(RecordReader::named).count();
        return choices > 1 && reader.isNullable() ? skip(writer) : mismatch(writer, reader, path);
    }

    private Step sameNamed(Schema writer, Schema reader, String path) {
        return switch (reader.getType()) {
            case RECORD -> record(writer, reader, path);
            case ENUM -> symbol(writer, reader);
            default -> throw new IllegalStateException("No record of ours has a " + reader.getType() + ".");
        };
    }

    private Step record(Schema writer, Schema reader, String path) {
        var pair = new Pair(writer, reader);
        var known = records.get(pair);
        if (known != null) {
            return known;
        }
        var step = new RecordStep(constructor(reader));
        records.put(pair, step); // Early, for a type that holds itself.
        var written = writer.getFields();
        step.steps = new Step[written.size()];
        step.positions = new int[written.size()];
        var missing = new ArrayList<>(reader.getFields());
        for (int i = 0; i < written.size(); i++) {
            var from = written.get(i);
            var to = field(reader, from.name());
            step.positions[i] = to == null ? RecordStep.SKIPPED : to.pos();
            step.steps[i] =
                    to == null ? skip(from.schema()) : resolve(from.schema(), to.schema(), path + "." + to.name());
            missing.remove(to);
        }
        step.defaultPositions = missing.stream().mapToInt(Schema.Field::pos).toArray();
        step.defaults = missing.stream().map(field -> absent(field, path)).toArray(Step[]::new);
        return step;
    }

    private static Schema.Field field(Schema reader, String name) {
        var same = reader.getField(name);
        return same != null
                ? same
                : reader.getFields().stream()
                        .filter(field -> field.aliases().contains(name))
                        .findFirst()
                        .orElse(null);
    }

    /** The default of a field that the writer does not have. */
    private Step absent(Schema.Field field, String path) {
        if (!field.hasDefaultValue()) {
            return _ -> {
                throw new UndecodableRecordException("The record lacks the field " + path + "." + field.name()
                        + ": write it with the topic's own schema.");
            };
        }
        var bytes = new ByteArrayOutputStream();
        try {
            var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new GenericDatumWriter<>(field.schema(), GENERIC).write(GENERIC.getDefaultValue(field), encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new IllegalStateException("A byte array takes what is written.", e);
        }
        var written = bytes.toByteArray();
        var step = resolve(field.schema(), field.schema(), path + "." + field.name());
        Step fresh = _ -> step.read(new AvroCursor(written, 0, written.length));
        var value = fresh.read(null);
        boolean shared = value == null
                || value instanceof String
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Enum<?>
                || value instanceof Instant;
        return shared ? _ -> value : fresh;
    }

    private Step symbol(Schema writer, Schema reader) {
        var symbols = writer.getEnumSymbols().stream()
                .map(symbol -> reader.hasEnumSymbol(symbol) ? symbol : reader.getEnumDefault())
                .map(symbol -> symbol == null ? null : constant(reader, symbol))
                .toArray();
        return in -> {
            int index = in.readIndex(symbols.length);
            if (symbols[index] == null) {
                throw new UndecodableRecordException("The record holds the symbol "
                        + writer.getEnumSymbols().get(index) + " of " + reader.getFullName()
                        + ", which this version does not know.");
            }
            return symbols[index];
        };
    }

    private static Step array(Step element) {
        return in -> {
            int count = in.readBlock();
            var list = new ArrayList<>(Math.min(count, 64));
            for (; count > 0; count = in.readBlock()) {
                for (int i = 0; i < count; i++) {
                    list.add(element.read(in));
                }
            }
            return list;
        };
    }

    private static Step map(Step value) {
        return in -> {
            var map = new HashMap<String, Object>();
            for (int count = in.readBlock(); count > 0; count = in.readBlock()) {
                for (int i = 0; i < count; i++) {
                    map.put(in.readString(), value.read(in));
                }
            }
            return map;
        };
    }

    private Step time(Schema writer, Schema reader, String path) {
        if (!reader.getLogicalType().getName().equals(MILLIS)) {
            throw new IllegalStateException(path + " has a logical type that is not read here.");
        }
        var unit = writer.getProp("logicalType");
        return switch (writer.getType()) {
            case LONG, INT -> {
                var number = number(writer, reader, path);
                yield unit == null || unit.equals(MILLIS)
                        ? in -> Instant.ofEpochMilli((long) number.read(in))
                        : refusal("The field " + path + " is written as " + unit + ": write it as " + MILLIS + ".");
            }
            default -> mismatch(writer, reader, path);
        };
    }

    /** Types without a name and without parts, and what Avro promotes to them. */
    private static Step number(Schema writer, Schema reader, String path) {
        var from = writer.getType();
        if (from != reader.getType() && !promotes(from, reader.getType())) {
            return mismatch(writer, reader, path);
        }
        return switch (reader.getType()) {
            case NULL -> _ -> null;
            case BOOLEAN -> AvroCursor::readBoolean;
            case INT -> AvroCursor::readInt;
            case LONG -> from == Type.INT ? in -> (long) in.readInt() : AvroCursor::readLong;
            case FLOAT ->
                switch (from) {
                    case INT -> in -> (float) in.readInt();
                    case LONG -> in -> (float) in.readLong();
                    default -> AvroCursor::readFloat;
                };
            case DOUBLE ->
                switch (from) {
                    case INT -> in -> (double) in.readInt();
                    case LONG -> in -> (double) in.readLong();
                    case FLOAT -> in -> (double) in.readFloat();
                    default -> AvroCursor::readDouble;
                };
            case STRING -> AvroCursor::readString;
            case BYTES -> AvroCursor::readBytes;
            default -> throw new IllegalStateException(path + " has a type that is not read here.");
        };
    }

    private static boolean promotes(Type from, Type to) {
        return switch (to) {
            case LONG -> from == Type.INT;
            case FLOAT -> from == Type.INT || from == Type.LONG;
            case DOUBLE -> from == Type.INT || from == Type.LONG || from == Type.FLOAT;
            case STRING -> from == Type.BYTES;
            case BYTES -> from == Type.STRING;
            default -> false;
        };
    }

    private Step skip(Schema writer) {
        return switch (writer.getType()) {
            case NULL -> _ -> null;
            case BOOLEAN -> skipped(1);
            case FLOAT -> skipped(Float.BYTES);
            case DOUBLE -> skipped(Double.BYTES);
            case FIXED -> skipped(writer.getFixedSize());
            case INT, LONG, ENUM ->
                in -> {
                    in.readLong();
                    return null;
                };
            case STRING, BYTES ->
                in -> {
                    in.skipLength();
                    return null;
                };
            case ARRAY -> skippedBlocks(skip(writer.getElementType()));
            case MAP -> {
                var value = skip(writer.getValueType());
                yield skippedBlocks(in -> {
                    in.skipLength();
                    return value.read(in);
                });
            }
            case UNION -> union(writer.getTypes().stream().map(this::skip).toArray(Step[]::new));
            case RECORD -> skippedRecord(writer);
        };
    }

    private Step skippedRecord(Schema writer) {
        var pair = new Pair(writer, null);
        var known = records.get(pair);
        if (known != null) {
            return known;
        }
        var step = new RecordStep(null);
        records.put(pair, step);
        var fields = writer.getFields();
        step.steps = fields.stream().map(field -> skip(field.schema())).toArray(Step[]::new);
        step.positions = fields.stream().mapToInt(_ -> RecordStep.SKIPPED).toArray();
        step.defaultPositions = new int[0];
        step.defaults = new Step[0];
        return step;
    }

    private static Step skipped(int bytes) {
        return in -> {
            in.skip(bytes);
            return null;
        };
    }

    private static Step skippedBlocks(Step element) {
        return in -> {
            in.enter();
            for (int count = in.readBlock(); count > 0; count = in.readBlock()) {
                for (int i = 0; i < count; i++) {
                    element.read(in);
                }
            }
            in.leave();
            return null;
        };
    }

    private static Step mismatch(Schema writer, Schema reader, String path) {
        var known = reader.getType() == Type.UNION
                ? reader.getTypes().stream().map(WriterSchema::name).toList().toString()
                : WriterSchema.name(reader);
        return refusal("The field " + path + " is written as " + WriterSchema.name(writer) + ", but this version knows "
                + known + " there.");
    }

    private static Step refusal(String sentence) {
        return _ -> {
            throw new UndecodableRecordException(sentence);
        };
    }

    private static boolean named(Schema schema) {
        return switch (schema.getType()) {
            case RECORD, ENUM, FIXED -> true;
            default -> false;
        };
    }

    private static boolean sameName(Schema writer, Schema reader) {
        return writer.getType() == reader.getType()
                && (writer.getFullName().equals(reader.getFullName())
                        || reader.getAliases().contains(writer.getFullName()));
    }

    /** Of a class of ours: the name is the reader's. */
    private Class<?> type(Schema reader) {
        try {
            return Class.forName(reader.getFullName(), true, classes);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("The class that was generated for a schema of ours is missing.", e);
        }
    }

    private Constructor<? extends SpecificRecord> constructor(Schema reader) {
        try {
            return type(reader).asSubclass(SpecificRecord.class).getConstructor();
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("A generated class can be made without arguments.", e);
        }
    }

    private Object constant(Schema reader, String symbol) {
        return List.of(type(reader).getEnumConstants()).stream()
                .filter(constant -> constant.toString().equals(symbol))
                .findFirst()
                .orElseThrow();
    }

    /** Fields in the writer's order, then those that it does not have. */
    private static final class RecordStep implements Step {
        static final int SKIPPED = -1;

        private final Constructor<? extends SpecificRecord> constructor;
        private Step[] steps;
        private int[] positions;
        private Step[] defaults;
        private int[] defaultPositions;

        /** @param constructor null for a record that is skipped */
        RecordStep(Constructor<? extends SpecificRecord> constructor) {
            this.constructor = constructor;
        }

        @Override
        public Object read(AvroCursor in) {
            in.enter();
            var record = constructor == null ? null : made();
            for (int i = 0; i < steps.length; i++) {
                var value = steps[i].read(in);
                if (positions[i] != SKIPPED) {
                    record.put(positions[i], value);
                }
            }
            for (int i = 0; i < defaults.length; i++) {
                record.put(defaultPositions[i], defaults[i].read(in));
            }
            in.leave();
            return record;
        }

        private SpecificRecord made() {
            try {
                return constructor.newInstance();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("A generated class can be made without arguments.", e);
            }
        }
    }
}

package io.unifluid.schemas;

import java.util.List;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;

/** Reads the text of a schema that anybody may have registered, and judges it before anything is decoded with it. */
final class WriterSchema {
    /** The largest of ours has about 10,000. */
    static final int MOST_CHARACTERS = 64 * 1024;

    private static final int DEEPEST = 200;

    /**
     * @param id as the registry knows it, for the sentence
     * @param expected the topic's record, or the union of its records
     * @throws UndecodableRecordException if a record of this schema is none for the topic
     */
    static Schema parse(int id, String text, Schema expected) {
        if (text.length() > MOST_CHARACTERS) {
            throw refused(id, "has " + text.length() + " characters, more than " + MOST_CHARACTERS);
        }
        if (depth(text) > DEEPEST) {
            throw refused(id, "is nested too deeply");
        }
        Schema schema;
        try {
            schema = new Schema.Parser(NameValidator.NO_VALIDATION)
                    .setValidateDefaults(false)
                    .parse(text);
        } catch (RuntimeException _) {
            throw refused(id, "is not a valid Avro schema that stands for itself; register it with all types inline");
        }
        var known = records(expected);
        boolean oneOfOurs = records(schema).stream().anyMatch(known::contains);
        if (!oneOfOurs || (schema.isUnion() && !expected.isUnion())) {
            throw new UndecodableRecordException("The record was written as " + name(schema) + " (schema " + id
                    + "), but this topic carries " + String.join(" or ", known) + ".");
        }
        return schema;
    }

    /** Full names of the record, or of those of a union. */
    private static List<String> records(Schema schema) {
        return (schema.isUnion() ? schema.getTypes() : List.of(schema))
                .stream()
                        .filter(one -> one.getType() == Schema.Type.RECORD)
                        .map(Schema::getFullName)
                        .toList();
    }

    static UndecodableRecordException refused(int id, String why) {
        return new UndecodableRecordException("The record names the schema " + id + ", which " + why + ".");
    }

    static String name(Schema schema) {
        return switch (schema.getType()) {
            case RECORD, ENUM, FIXED -> schema.getFullName();
            default -> schema.getType().getName();
        };
    }

    /** How deep brackets are nested, so that a parser that recurses may be trusted with the text. */
    private static int depth(String json) {
        int depth = 0;
        int deepest = 0;
        boolean quoted = false;
        for (int i = 0; i < json.length(); i++) {
            switch (json.charAt(i)) {
                case '\\' -> i++;
                case '"' -> quoted = !quoted;
                case '{', '[' -> deepest = quoted ? deepest : Math.max(deepest, ++depth);
                case '}', ']' -> depth -= quoted ? 0 : 1;
                default -> {}
            }
        }
        return deepest;
    }

    private WriterSchema() {}
}

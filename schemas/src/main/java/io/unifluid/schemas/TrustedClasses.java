package io.unifluid.schemas;

import java.util.HashSet;
import java.util.Set;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Tells Avro, which refuses to load classes that schemas name, which ones are ours: exactly those that were generated
 * for the topics. Builders need them for the defaults of enums, serializers for their conversions; decoding does not ask
 * Avro for classes. What {@code -Dorg.apache.avro.SERIALIZABLE_CLASSES} names stays trusted too.
 *
 * <p>It is a logical type only so that Avro finds it by itself, as a service, before it parses the first schema: then
 * nobody who has this jar needs a flag or a call.
 */
public final class TrustedClasses implements LogicalTypes.LogicalTypeFactory {
    private static final String NO_TYPE = "unifluid-trusted-classes";

    /** For Avro. */
    public TrustedClasses() {
        install();
    }

    /** Once per process; again is harmless. */
    static synchronized void install() {
        var others = ClassSecurityValidator.getGlobal();
        if (!(others instanceof Trusted)) {
            ClassSecurityValidator.setGlobal(new Trusted(others));
        }
    }

    @Override
    public String getTypeName() {
        return NO_TYPE;
    }

    @Override
    public LogicalType fromSchema(Schema schema) {
        return null;
    }

    private record Trusted(ClassSecurityValidator.ClassSecurityPredicate others)
            implements ClassSecurityValidator.ClassSecurityPredicate {
        @Override
        public boolean isTrusted(Class<?> type) {
            return Ours.NAMES.contains(type.getName()) || others.isTrusted(type);
        }
    }

    /** Asked for when the first class is to be loaded, not while schemas are parsed: it needs them all. */
    private static final class Ours {
        static final Set<String> NAMES = names();

        private static Set<String> names() {
            var names = new HashSet<String>();
            Topics.all().forEach(topic -> collect(topic.schema(), names));
            collect(SpecificData.get().getSchema(ModerationCase.class), names); // in a store, on no topic
            return Set.copyOf(names);
        }
    }

    private static void collect(Schema schema, Set<String> names) {
        switch (schema.getType()) {
            case RECORD -> {
                if (names.add(schema.getFullName())) {
                    schema.getFields().forEach(field -> collect(field.schema(), names));
                }
            }
            case ENUM -> names.add(schema.getFullName());
            case UNION -> schema.getTypes().forEach(branch -> collect(branch, names));
            case ARRAY -> collect(schema.getElementType(), names);
            case MAP -> collect(schema.getValueType(), names);
            default -> {}
        }
    }
}

package io.unifluid.schemas;

import java.util.HashSet;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Tells Avro, which refuses to load classes that schemas name, which ones are ours: exactly those that were generated
 * for the topics. Builders need them for the defaults of enums, serializers for their conversions; decoding does not ask
 * Avro for classes. What {@code -Dorg.apache.avro.SERIALIZABLE_CLASSES} names stays trusted too.
 */
final class TrustedClasses {
    private static final Set<String> OURS = ours();

    /** Once per process; again is harmless. */
    static void install() {
        var others = ClassSecurityValidator.getGlobal();
        if (!(others instanceof Trusted)) {
            ClassSecurityValidator.setGlobal(new Trusted(others));
        }
    }

    private record Trusted(ClassSecurityValidator.ClassSecurityPredicate others)
            implements ClassSecurityValidator.ClassSecurityPredicate {
        @Override
        public boolean isTrusted(Class<?> type) {
            return OURS.contains(type.getName()) || others.isTrusted(type);
        }
    }

    private static Set<String> ours() {
        var names = new HashSet<String>();
        Topics.all().forEach(topic -> collect(SpecificData.get().getSchema(topic.valueType()), names));
        return Set.copyOf(names);
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

    private TrustedClasses() {}
}

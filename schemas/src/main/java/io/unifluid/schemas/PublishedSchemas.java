package io.unifluid.schemas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;

/**
 * The schemas as others take them: one file per event with all types inline (and the union that the schedule topics carry), and nothing in it that only Java
 * understands. The build writes them beside the jar.
 */
final class PublishedSchemas {
    private static final String JAVA_STRING = "\"avro.java.string\":\"String\"";

    /** @param arguments the folder to write into */
    public static void main(String[] arguments) throws IOException {
        var folder = Files.createDirectories(Path.of(arguments[0]));
        for (var schema : all().entrySet()) {
            Files.writeString(folder.resolve(schema.getKey() + ".avsc"), schema.getValue() + "\n");
        }
    }

    /** JSON by the name of the event. */
    static Map<String, String> all() {
        var all = new TreeMap<String, String>();
        for (var topic : Topics.all()) {
            topic.types()
                    .forEach(type -> all.put(
                            type.getSimpleName(), plain(SpecificData.get().getSchema(type))));
        }
        all.put("Schedule", plain(Topics.SCHEDULE.schema()));
        return all;
    }

    private static String plain(Schema schema) {
        var text = schema.toString()
                .replace("{\"type\":\"string\"," + JAVA_STRING + "}", "\"string\"")
                .replace("," + JAVA_STRING, "");
        return new Schema.Parser().parse(text).toString(true);
    }

    private PublishedSchemas() {}
}

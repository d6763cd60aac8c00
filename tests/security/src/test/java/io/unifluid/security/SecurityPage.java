package io.unifluid.security;

import io.unifluid.testkit.SampleArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** SECURITY.md as an operator follows it: its examples, with what they stand for put in. */
final class SecurityPage {
    private static final Pattern VARIABLE = Pattern.compile("export (\\w+)='?(.*?)'?");

    private final String text;

    private SecurityPage(String text) {
        this.text = text;
    }

    static SecurityPage read() throws IOException {
        return new SecurityPage(Files.readString(checkout().resolve("SECURITY.md")));
    }

    static Path checkout() {
        return SampleArchive.folder().resolve("../..").normalize();
    }

    String text() {
        return text;
    }

    /** The variables of the example below this heading. */
    Map<String, String> variables(String heading, Example values) {
        var variables = new LinkedHashMap<String, String>();
        values.in(block(heading)).lines().forEach(line -> {
            var variable = VARIABLE.matcher(line);
            if (!variable.matches()) {
                throw new IllegalArgumentException("Not a variable: " + line);
            }
            variables.put(variable.group(1), variable.group(2));
        });
        return variables;
    }

    /** The file of properties below this heading. */
    String properties(String heading, Example values) {
        return values.in(block(heading));
    }

    private String block(String heading) {
        int fence = text.indexOf("```", text.indexOf("### " + heading + "\n"));
        int begin = text.indexOf('\n', fence) + 1;
        return text.substring(begin, text.indexOf("```", begin));
    }

    /** What stands for what on the page. */
    record Example(String broker, String registry, String user, Map<String, String> client) {
        private static final Pattern PASSWORD = Pattern.compile("password=\"([^\"]*)\"");

        String in(String block) {
            var password = PASSWORD.matcher(client.get("sasl.jaas.config"));
            if (!password.find()) {
                throw new IllegalArgumentException("No password for " + user + ".");
            }
            return block.replace("kafka.example.org:9093", broker)
                    .replace("https://registry.example.org/apis/ccompat/v7", registry)
                    .replace("/etc/unifluid/trust.p12", client.get("ssl.truststore.location"))
                    .replace("change-me-too", client.get("ssl.truststore.password"))
                    .replace("password=\"change-me\"", "password=\"" + password.group(1) + "\"")
                    .replace("username=\"audit\"", "username=\"" + user + "\"");
        }
    }
}

package io.unifluid.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.http.multipart.CompletedFileUpload;
import io.micronaut.http.multipart.CompletedPart;
import io.micronaut.http.server.multipart.MultipartBody;
import io.unifluid.blobs.BlobKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Flux;

/** A multipart form, read whole: files by their names, and the other parts as parameters. */
public final class Form {
    /** JSON, also where a client sends it as a file. */
    public static final String REQUEST = "request";

    /** Some clients send bytes without a file's name. */
    private static final Set<String> FILES = Set.of("image", "mask", "file");

    private final Map<String, List<byte[]>> files;
    private final ObjectNode values;

    private Form(Map<String, List<byte[]>> files, ObjectNode values) {
        this.files = files;
        this.values = values;
    }

    /** Blocks until all of it is there. */
    public static Form read(MultipartBody body) {
        var files = new HashMap<String, List<byte[]>>();
        var values = Json.object();
        for (CompletedPart part : Flux.from(body).collectList().blockOptional().orElse(List.of())) {
            try {
                var name = part.getName().replaceFirst("\\[\\d*]$", "");
                if (!name.equals(REQUEST) && (part instanceof CompletedFileUpload || FILES.contains(name))) {
                    files.computeIfAbsent(name, _ -> new ArrayList<>()).add(part.getBytes());
                } else {
                    values.put(name, new String(part.getBytes(), StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                throw ApiError.body("invalid_form", "A part of the form cannot be read: send it again.");
            }
        }
        return new Form(files, values);
    }

    /** The one file of this name. */
    public byte[] one(String name) {
        var given = files.getOrDefault(name, List.of());
        if (given.size() != 1) {
            throw ApiError.parameter(
                    name,
                    given.isEmpty() ? "missing_required_parameter" : "invalid_value",
                    given.isEmpty()
                            ? "'" + name + "' is missing: add a part with the file."
                            : "'" + name + "' has " + given.size() + " files; give one.");
        }
        return given.getFirst();
    }

    public boolean has(String file) {
        return files.containsKey(file);
    }

    /** The same for forms that say the same, whatever stands between their parts. */
    public String canonical() {
        var all = Json.object();
        all.set("values", values);
        var hashes = all.putObject("files");
        files.forEach((name, contents) -> {
            var of = hashes.putArray(name);
            contents.forEach(bytes -> of.add(BlobKey.of(bytes).sha256Hex()));
        });
        return Json.canonical(all);
    }

    /** The other parts; a file that no path takes is among them, so that it is refused by its name. */
    public Fields fields() {
        files.keySet().stream()
                .filter(name -> !name.equals("image") && !name.equals("file"))
                .forEach(name -> values.put(name, "a file"));
        return Fields.ofForm(values);
    }
}

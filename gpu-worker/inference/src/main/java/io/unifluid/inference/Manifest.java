package io.unifluid.inference;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads a bundle.json field by dotted name; what is missing or out of range is a {@link BundleException} naming it. */
public final class Manifest {
    private final String owner;
    private final JsonNode root;
    /** Where in bundle.json {@code root} lies: empty, or with a dot at its end. */
    private final String place;

    /** @param owner begins every message, for example "Bundle /models/a" */
    Manifest(String owner, JsonNode root) {
        this(owner, root, "");
    }

    private Manifest(String owner, JsonNode root, String place) {
        this.owner = owner;
        this.root = root;
        this.place = place;
    }

    private Optional<JsonNode> find(String field) {
        JsonNode node = root;
        for (String part : field.split("\\.")) {
            node = node.path(part);
        }
        return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    private JsonNode get(String field) {
        return find(field).orElseThrow(() -> wrong(field, "is missing"));
    }

    /** The sentence for a field that cannot be used. */
    public BundleException wrong(String field, String what) {
        return new BundleException(
                owner + ": " + place + field + " in bundle.json " + what + "; download or export the bundle again.");
    }

    /** Whether the field is there, with whatever value. */
    public boolean has(String field) {
        return find(field).isPresent();
    }

    public String text(String field) {
        JsonNode node = get(field);
        if (!node.isTextual() || node.asText().isBlank()) {
            throw wrong(field, "is not a text");
        }
        return node.asText();
    }

    /** Empty when the field is missing. */
    public Optional<String> optionalText(String field) {
        return find(field).map(node -> text(field));
    }

    /** A whole number from min to max, both included. */
    public int integer(String field, int min, int max) {
        JsonNode node = get(field);
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.asInt() < min || node.asInt() > max) {
            throw wrong(field, "is " + node + " and not a whole number from " + min + " to " + max);
        }
        return node.asInt();
    }

    /** A number from min to max, both included. */
    public double number(String field, double min, double max) {
        return number(field, get(field), min, max);
    }

    private double number(String field, JsonNode node, double min, double max) {
        if (!node.isNumber() || !(node.asDouble() >= min && node.asDouble() <= max)) {
            throw wrong(field, "is " + node + " and not a number from " + min + " to " + max);
        }
        return node.asDouble();
    }

    public List<Double> numbers(String field, double min, double max) {
        List<Double> numbers = new ArrayList<>();
        for (JsonNode node : array(field)) {
            numbers.add(number(field, node, min, max));
        }
        return List.copyOf(numbers);
    }

    public List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        for (JsonNode node : array(field)) {
            if (!node.isTextual()) {
                throw wrong(field, "has an element that is not a text");
            }
            texts.add(node.asText());
        }
        return List.copyOf(texts);
    }

    /** A list of objects; the sentences about their fields say which of them it is, counted from 0. */
    public List<Manifest> objects(String field) {
        List<Manifest> objects = new ArrayList<>();
        for (JsonNode node : array(field)) {
            String where = place + field + "." + objects.size();
            if (!node.isObject()) {
                throw wrong(field + "." + objects.size(), "is not an object");
            }
            objects.add(new Manifest(owner, node, where + "."));
        }
        return List.copyOf(objects);
    }

    private JsonNode array(String field) {
        JsonNode node = get(field);
        if (!node.isArray()) {
            throw wrong(field, "is not a list");
        }
        return node;
    }

    /** An object of texts, in the order of bundle.json. */
    public Map<String, String> textMap(String field) {
        JsonNode node = get(field);
        if (!node.isObject()) {
            throw wrong(field, "is not an object");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        node.properties().forEach(entry -> {
            if (!entry.getValue().isTextual()) {
                throw wrong(field + "." + entry.getKey(), "is not a text");
            }
            texts.put(entry.getKey(), entry.getValue().asText());
        });
        return Collections.unmodifiableMap(texts);
    }

    /** Turns an IllegalArgumentException of a record's own checks into this bundle's sentence. */
    public <T> T check(String field, Supplier<T> build) {
        try {
            return build.get();
        } catch (IllegalArgumentException e) {
            throw new BundleException(
                    owner + ": " + place + field + " in bundle.json is wrong (" + e.getMessage()
                            + "); download or export the bundle again.",
                    e);
        }
    }
}

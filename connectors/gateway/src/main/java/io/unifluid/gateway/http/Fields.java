package io.unifluid.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The parameters of one object in a request's body. Each is asked for once, by its name; {@link #end} refuses whatever was
 * not asked for, so that nothing is ignored. One that is null counts as not given. Every refusal names the parameter by its
 * path.
 */
public final class Fields {
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?");

    private final String path;
    private final ObjectNode node;
    /** Whether numbers and flags come as text. */
    private final boolean form;

    private final Set<String> asked = new HashSet<>();

    private Fields(String path, ObjectNode node, boolean form) {
        this.path = path;
        this.node = node;
        this.form = form;
    }

    public static Fields of(ObjectNode body) {
        return new Fields("", body, false);
    }

    /** Of a form, where all is text. */
    public static Fields ofForm(ObjectNode values) {
        return new Fields("", values, true);
    }

    /** The full name of a parameter, as refusals say it. */
    public String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    public boolean has(String name) {
        return any(name).isPresent();
    }

    public Optional<JsonNode> any(String name) {
        asked.add(name);
        return Optional.ofNullable(node.get(name)).filter(value -> !value.isNull());
    }

    private Optional<JsonNode> typed(String name) {
        return any(name).map(value -> {
            if (!form || !value.isTextual()) {
                return value;
            }
            var text = value.asText();
            if (text.equals("true") || text.equals("false")) {
                return BooleanNode.valueOf(text.equals("true"));
            }
            if (!NUMBER.matcher(text).matches()) {
                return value;
            }
            return text.contains(".")
                    ? DoubleNode.valueOf(Double.parseDouble(text))
                    : LongNode.valueOf(Long.parseLong(text));
        });
    }

    public Optional<String> text(String name) {
        return any(name).map(value -> {
            if (!value.isTextual()) {
                throw wrong(name, "a string");
            }
            return value.asText();
        });
    }

    public String needText(String name) {
        return text(name)
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> ApiError.parameter(
                        path(name), "missing_required_parameter", "'" + path(name) + "' is missing: give a string."));
    }

    public Optional<Integer> whole(String name, int least, int most) {
        return typed(name).map(value -> {
            if (!value.isIntegralNumber()
                    || !value.canConvertToInt()
                    || value.intValue() < least
                    || value.intValue() > most) {
                throw wrong(name, "a whole number from " + least + " to " + most);
            }
            return value.intValue();
        });
    }

    public Optional<Long> large(String name) {
        return typed(name).map(value -> {
            if (!value.isIntegralNumber() || !value.canConvertToLong()) {
                throw wrong(name, "a whole number");
            }
            return value.longValue();
        });
    }

    public Optional<Double> number(String name) {
        return typed(name).map(value -> {
            if (!value.isNumber()) {
                throw wrong(name, "a number");
            }
            return value.doubleValue();
        });
    }

    public boolean flag(String name) {
        return typed(name)
                .map(value -> {
                    if (!value.isBoolean()) {
                        throw wrong(name, "true or false");
                    }
                    return value.booleanValue();
                })
                .orElse(false);
    }

    public Optional<Fields> object(String name) {
        return any(name).map(value -> {
            if (!(value instanceof ObjectNode object)) {
                throw wrong(name, "an object");
            }
            return new Fields(path(name), object, form);
        });
    }

    public Fields needObject(String name) {
        return object(name)
                .orElseThrow(() -> ApiError.parameter(
                        path(name), "missing_required_parameter", "'" + path(name) + "' is missing: give an object."));
    }

    /** Its elements must be objects. */
    public List<Fields> objects(String name) {
        var all = new ArrayList<Fields>();
        array(name).ifPresent(array -> {
            for (int i = 0; i < array.size(); i++) {
                var at = path(name) + "[" + i + "]";
                if (!(array.get(i) instanceof ObjectNode object)) {
                    throw ApiError.parameter(at, "'" + at + "' must be an object.");
                }
                all.add(new Fields(at, object, form));
            }
        });
        return all;
    }

    /** Its elements must be strings. */
    public List<String> texts(String name) {
        var all = new ArrayList<String>();
        array(name)
                .ifPresent(array -> array.forEach(value -> {
                    if (!value.isTextual()) {
                        throw wrong(name, "a list of strings");
                    }
                    all.add(value.asText());
                }));
        return all;
    }

    /** Strings by their names. */
    public Map<String, String> labels(String name) {
        var all = new HashMap<String, String>();
        any(name).ifPresent(value -> {
            if (!value.isObject()) {
                throw wrong(name, "an object of strings");
            }
            value.properties().forEach(entry -> {
                if (!entry.getValue().isTextual()) {
                    throw wrong(name, "an object of strings");
                }
                all.put(entry.getKey(), entry.getValue().asText());
            });
        });
        return all;
    }

    /** The members of this object, in their order. */
    public List<String> names() {
        var names = new ArrayList<String>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private Optional<ArrayNode> array(String name) {
        return any(name).map(value -> {
            if (!(value instanceof ArrayNode array)) {
                throw wrong(name, "a list");
            }
            return array;
        });
    }

    /** Parameters that OpenAI's API has and that can be honoured only with these values; numbers are compared as such. */
    public void only(String name, Object... allowed) {
        typed(name).ifPresent(value -> {
            if (Arrays.stream(allowed).noneMatch(one -> isThat(value, one))) {
                throw ApiError.unsupported(
                        path(name),
                        "'" + path(name) + "' cannot be honoured here: leave it out, or give "
                                + Arrays.stream(allowed).map(String::valueOf).collect(Collectors.joining(" or "))
                                + ".");
            }
        });
    }

    private static boolean isThat(JsonNode value, Object one) {
        return switch (one) {
            case Number number -> value.isNumber() && value.doubleValue() == number.doubleValue();
            case Boolean flag -> value.isBoolean() && value.booleanValue() == flag;
            default -> value.isTextual() && value.asText().equals(one);
        };
    }

    /** Parameters that OpenAI's API has and that cannot be honoured at all. */
    public void refuse(String... names) {
        for (var name : names) {
            any(name)
                    .filter(value -> !(value.isContainerNode() && value.isEmpty()))
                    .ifPresent(_ -> {
                        throw ApiError.unsupported(
                                path(name), "'" + path(name) + "' cannot be honoured here: leave it out.");
                    });
        }
    }

    /** Parameters that change nothing that is promised here, whatever they say: who the end user is, and the like. */
    public void mayHave(String... names) {
        asked.addAll(Arrays.asList(names));
    }

    /** @throws ApiError naming a parameter that was not asked for */
    public void end() {
        node.fieldNames().forEachRemaining(name -> {
            if (!asked.contains(name)) {
                throw ApiError.parameter(
                        path(name), "unknown_parameter", "'" + path(name) + "' is not known here: leave it out.");
            }
        });
    }

    private ApiError wrong(String name, String wanted) {
        return ApiError.parameter(path(name), "invalid_type", "'" + path(name) + "' must be " + wanted + ".");
    }
}

package io.unifluid.moderation.file;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One mapping of a file: what is asked for is read, what is not known is refused; every complaint names the field. */
final class Fields {
    private final String path;
    private final Map<?, ?> values;
    private final List<String> problems;
    private final Set<String> asked = new LinkedHashSet<>();

    private Fields(String path, Map<?, ?> values, List<String> problems) {
        this.path = path;
        this.values = values;
        this.problems = problems;
    }

    /** @param problems is added to */
    static Fields of(String path, Object value, List<String> problems) {
        if (value instanceof Map<?, ?> map) {
            return new Fields(path, map, problems);
        }
        problems.add((path.isEmpty() ? "The file" : path) + ": must be fields with values, such as 'name: weapon'.");
        return new Fields(path, Map.of(), new ArrayList<>());
    }

    boolean has(String name) {
        asked.add(name);
        return values.get(name) != null;
    }

    String text(String name, String otherwise) {
        asked.add(name);
        return switch (values.get(name)) {
            case null -> otherwise;
            case String text -> text;
            default -> {
                complain(name, "must be a text");
                yield otherwise;
            }
        };
    }

    String needed(String name) {
        if (!has(name)) {
            complain(name, "is missing");
        }
        return text(name, "");
    }

    double number(String name, double otherwise) {
        return has(name) ? number(at(name), values.get(name), otherwise) : otherwise;
    }

    /** A number, or the first and the last of a range. */
    Optional<List<Double>> range(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        if (values.get(name) instanceof List<?> two) {
            if (two.size() != 2) {
                complain(name, "has " + two.size() + " ends; give [from, to], or from alone");
                return Optional.empty();
            }
            return Optional.of(List.of(number(at(name), two.get(0), 0), number(at(name), two.get(1), 1)));
        }
        return Optional.of(List.of(number(name, 0)));
    }

    boolean flag(String name) {
        var text = text(name, "false").toLowerCase(Locale.ROOT);
        if (!Set.of("true", "false", "yes", "no").contains(text)) {
            complain(name, "is '" + text + "'; it must be true or false");
        }
        return text.equals("true") || text.equals("yes");
    }

    <C extends Enum<C>> C constant(String name, Class<C> type, C otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        var text = text(name, "");
        for (var constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        complain(
                name,
                "is '" + text + "'; it must be one of "
                        + java.util.Arrays.stream(type.getEnumConstants())
                                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ")));
        return otherwise;
    }

    List<String> texts(String name) {
        var texts = new ArrayList<String>();
        for (var element : list(name)) {
            if (element instanceof String text) {
                texts.add(text);
            } else {
                complain(name, "must be a list of texts");
            }
        }
        return texts;
    }

    List<Fields> each(String name) {
        var all = new ArrayList<Fields>();
        for (var element : list(name)) {
            all.add(of(at(name) + "[" + all.size() + "]", element, problems));
        }
        return all;
    }

    private List<?> list(String name) {
        if (!has(name)) {
            return List.of();
        }
        if (values.get(name) instanceof List<?> list) {
            return list;
        }
        complain(name, "must be a list");
        return List.of();
    }

    /** To be called when all has been asked for. */
    void refuseOthers() {
        values.keySet().stream()
                .map(String::valueOf)
                .filter(name -> !asked.contains(name))
                .forEach(name -> complain(name, "is not known here; there are " + String.join(", ", asked)));
    }

    private double number(String field, Object value, double otherwise) {
        try {
            return Double.parseDouble(String.valueOf(value));
        } catch (NumberFormatException e) {
            problems.add(field + ": is '" + value + "'; it must be a number.");
            return otherwise;
        }
    }

    private void complain(String name, String what) {
        problems.add(at(name) + ": " + what + ".");
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}

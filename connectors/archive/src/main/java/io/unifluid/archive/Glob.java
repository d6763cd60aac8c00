package io.unifluid.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pattern of names: {@code *} and {@code ?} within a name, {@code **} across folders, {@code [a-z]}, {@code {a,b}} and
 * {@code {00..12}}. One without a slash is about the last name alone.
 */
public final class Glob {
    private static final int MOST_CHOICES = 100_000;

    private final Pattern pattern;
    private final boolean wholePath;

    private Glob(Pattern pattern, boolean wholePath) {
        this.pattern = pattern;
        this.wholePath = wholePath;
    }

    /** @throws IllegalArgumentException one sentence, when it is none */
    public static Glob of(String glob) {
        if (glob.isBlank()) {
            throw new IllegalArgumentException("A pattern is empty: give one such as '*.jpg'.");
        }
        var regex = new StringBuilder();
        for (var choice : choices(glob)) {
            regex.append(regex.isEmpty() ? "" : "|").append(regex(choice));
        }
        return new Glob(Pattern.compile(regex.toString(), Pattern.DOTALL), glob.contains("/"));
    }

    /** Whether a name needs to be matched, and is not simply one. */
    public static boolean is(String text) {
        return text.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
    }

    /** @param path parted by slashes */
    public boolean matches(String path) {
        return pattern.matcher(wholePath ? path : path.substring(path.lastIndexOf('/') + 1))
                .matches();
    }

    /** The texts that braces stand for, in order; the text itself where there are none. */
    public static List<String> choices(String glob) {
        var done = new ArrayList<String>();
        expand(glob, done, glob);
        return done;
    }

    private static void expand(String text, List<String> done, String whole) {
        int open = text.indexOf('{');
        int close = open < 0 ? -1 : closing(text, open);
        if (close < 0) {
            done.add(text);
        } else {
            for (var choice : within(text.substring(open + 1, close), whole)) {
                expand(text.substring(0, open) + choice + text.substring(close + 1), done, whole);
            }
        }
        if (done.size() > MOST_CHOICES) {
            throw tooMany(whole);
        }
    }

    private static int closing(String text, int open) {
        int depth = 0;
        for (int at = open; at < text.length(); at++) {
            depth += text.charAt(at) == '{' ? 1 : text.charAt(at) == '}' ? -1 : 0;
            if (depth == 0) {
                return at;
            }
        }
        return -1;
    }

    private static List<String> within(String braces, String whole) {
        if (braces.matches("\\d{1,9}\\.\\.\\d{1,9}")) {
            int dots = braces.indexOf("..");
            int first = Integer.parseInt(braces.substring(0, dots));
            int last = Integer.parseInt(braces.substring(dots + 2));
            if (Math.abs((long) last - first) >= MOST_CHOICES) {
                throw tooMany(whole);
            }
            var numbers = new ArrayList<String>();
            for (int n = first; first <= last ? n <= last : n >= last; n += first <= last ? 1 : -1) {
                numbers.add(String.format("%0" + dots + "d", n));
            }
            return numbers;
        }
        var choices = new ArrayList<String>();
        int depth = 0;
        int from = 0;
        for (int at = 0; at <= braces.length(); at++) {
            char c = at == braces.length() ? ',' : braces.charAt(at);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == ',' && depth == 0 || at == braces.length()) {
                choices.add(braces.substring(from, at));
                from = at + 1;
            }
        }
        return choices;
    }

    private static String regex(String glob) {
        var regex = new StringBuilder();
        for (int at = 0; at < glob.length(); at++) {
            char c = glob.charAt(at);
            if (glob.startsWith("**/", at)) {
                regex.append("(?:.*/)?");
                at += 2;
            } else if (glob.startsWith("**", at)) {
                regex.append(".*");
                at++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (c == '[' && glob.indexOf(']', at + 2) > 0) {
                int end = glob.indexOf(']', at + 2);
                var set = glob.substring(at + 1, end).replace("\\", "\\\\").replace("[", "\\[");
                set = set.replace("&&", "&\\&");
                regex.append("(?!/)[")
                        .append(set.startsWith("!") ? "^" + set.substring(1) : set)
                        .append(']');
                at = end;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        try {
            Pattern.compile(regex.toString());
        } catch (java.util.regex.PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "The pattern '" + glob + "' is none (" + e.getDescription() + "): write one such as '*.jpg'.", e);
        }
        return regex.toString();
    }

    private static IllegalArgumentException tooMany(String whole) {
        return new IllegalArgumentException("The pattern '" + whole + "' stands for more than " + MOST_CHOICES
                + " names: write '*' in place of the braces.");
    }
}

package io.unifluid.archive.source;

import io.unifluid.archive.Glob;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Selection;
import java.util.List;
import java.util.regex.Pattern;

/** Which names are wanted; counts the others. */
final class Wanted {
    /** A name that begins with a dot, and is not one or two dots alone. */
    private static final Pattern HIDDEN = Pattern.compile("(?s)(?:^|/)\\.(?!\\.?(?:/|$))");

    private final boolean hidden;
    private final List<Glob> include;
    private final List<Glob> exclude;
    private final LeftOut leftOut;

    Wanted(Selection selection, LeftOut leftOut) {
        this.hidden = selection.hidden();
        this.include = selection.include().stream().map(Glob::of).toList();
        this.exclude = selection.exclude().stream().map(Glob::of).toList();
        this.leftOut = leftOut;
    }

    boolean wants(String path) {
        if (!hidden && HIDDEN.matcher(path).find()) {
            leftOut.hidden();
            return false;
        }
        if (!include.isEmpty() && include.stream().noneMatch(glob -> glob.matches(path))
                || exclude.stream().anyMatch(glob -> glob.matches(path))) {
            leftOut.filtered();
            return false;
        }
        return true;
    }
}

package io.unifluid.archive.run;

import java.time.Duration;
import java.util.Optional;

/**
 * What became of a run.
 *
 * @param complete every item of the archive has its row; else it was stopped
 * @param gone rows of items that are not in the archive any more
 * @param changed rows of pictures that have another size now
 * @param leftOut what is no item, in a line
 */
public record RunReport(
        boolean complete, RunProgress progress, long gone, long changed, Optional<String> leftOut, Duration took) {}

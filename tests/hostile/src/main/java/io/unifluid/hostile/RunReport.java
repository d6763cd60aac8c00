package io.unifluid.hostile;

import java.util.List;
import java.util.Map;

/**
 * What one run showed; one line of JSON in the results folder.
 *
 * @param at when it began, ISO-8601
 * @param standstillSeconds how long the machine gave this process no time ({@link Standstills})
 * @param innocent requests of the two tenants that did nothing wrong
 * @param slowestSeconds of an innocent request, from sending to result
 * @param hostile records that were sent, by kind
 * @param notTaken of these, the ones that the broker did not take
 * @param pictures of these, hostile pictures
 * @param results that hostile records got
 * @param letters dead letters
 * @param broken one sentence for each promise that was broken
 */
record RunReport(
        String at,
        long seed,
        boolean secured,
        double seconds,
        double standstillSeconds,
        int innocent,
        double slowestSeconds,
        Map<String, Integer> hostile,
        int notTaken,
        int pictures,
        int results,
        int letters,
        List<Evidence.AppReport> apps,
        List<String> broken) {
    RunReport {
        hostile = new java.util.TreeMap<>(hostile);
        apps = List.copyOf(apps);
        broken = List.copyOf(broken);
    }

    int records() {
        return hostile.values().stream().mapToInt(Integer::intValue).sum();
    }

    boolean passed() {
        return broken.isEmpty();
    }
}

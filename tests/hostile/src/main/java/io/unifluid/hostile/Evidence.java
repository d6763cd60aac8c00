package io.unifluid.hostile;

import java.util.List;
import java.util.Map;

/**
 * All that was seen of a run.
 *
 * @param innocent requests of the tenants that did nothing wrong
 * @param hostile records of the one that did
 * @param results every visible result, by id, in the order in which they were seen
 * @param letters dead letters, by where the record lies that became one
 * @param oddities records among results and letters that are none
 * @param notReady what an app said when it was not ready although it should have been
 * @param touched files outside of the data folder that are not as they were
 * @param audit sentences of the auditor
 */
record Evidence(
        List<Innocents.Sent> innocent,
        List<Sender.Landed> hostile,
        Map<String, List<Witness.Seen>> results,
        Map<Origin, Integer> letters,
        List<String> oddities,
        List<String> notReady,
        List<String> touched,
        List<String> audit,
        List<AppReport> apps) {
    Evidence {
        innocent = List.copyOf(innocent);
        hostile = List.copyOf(hostile);
        results = Map.copyOf(results);
        letters = Map.copyOf(letters);
        oddities = List.copyOf(oddities);
        notReady = List.copyOf(notReady);
        touched = List.copyOf(touched);
        audit = List.copyOf(audit);
        apps = List.copyOf(apps);
    }

    /**
     * One app.
     *
     * @param before the first hostile record
     * @param firstRound when all of that had ended
     * @param after the last hostile record
     * @param keeps as in {@link AppProbe}
     */
    record AppReport(String name, AppProbe.Look before, AppProbe.Look firstRound, AppProbe.Look after, double keeps) {}
}

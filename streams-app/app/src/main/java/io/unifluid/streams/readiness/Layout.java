package io.unifluid.streams.readiness;

import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.event.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which topics must have the same number of partitions, the app's own ones among them. One task keeps the state of a
 * request, and which task is a matter of that number, so that it stays what it was when the state began. Pure.
 */
final class Layout {
    private final List<List<String>> together;

    private Layout(List<List<String>> together) {
        this.together = together;
    }

    static Layout of(StreamsSettings settings) {
        return new Layout(List.of(
                Stream.of(
                                Stream.of(
                                                Topics.REQUESTS_INTERACTIVE,
                                                Topics.REQUESTS,
                                                Topics.CONTROLS,
                                                Topics.OUTCOMES)
                                        .map(Topic::name),
                                Topics.REROUTES.stream(),
                                Stream.of(Names.LIFECYCLE_STORE, Names.REQUEST_STORE)
                                        .map(settings::changelog))
                        .flatMap(names -> names)
                        .toList(),
                Stream.concat(
                                Stream.of(Topics.SCHEDULE_AHEAD, Topics.SCHEDULE)
                                        .map(Topic::name),
                                Stream.of(Names.WAITING_STORE, Names.REUSE_STORE)
                                        .map(settings::changelog))
                        .toList()));
    }

    /** Every topic that is named here. */
    List<String> topics() {
        return together.stream().flatMap(List::stream).toList();
    }

    /** What does not fit, in one sentence; topics that are not there are not missed here. */
    Optional<String> trouble(Map<String, Integer> partitions) {
        for (var names : together) {
            var byCount = new TreeMap<Integer, List<String>>();
            names.stream()
                    .filter(partitions::containsKey)
                    .forEach(name -> byCount.computeIfAbsent(partitions.get(name), _ -> new ArrayList<>())
                            .add(name));
            if (byCount.size() > 1) {
                return Optional.of(byCount.entrySet().stream()
                                .map(entry -> String.join(", ", entry.getValue())
                                        + (entry.getValue().size() == 1 ? " has " : " have ")
                                        + entry.getKey())
                                .collect(Collectors.joining(
                                        "; ", "These topics need the same number of partitions, but ", ""))
                        + ": what lies on partitions that some lack is not worked on; give all of them the highest number as the"
                        + " streams app's README says under More partitions.");
            }
        }
        return Optional.empty();
    }
}

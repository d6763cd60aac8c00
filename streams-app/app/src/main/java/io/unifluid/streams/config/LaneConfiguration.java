package io.unifluid.streams.config;

import io.micronaut.context.annotation.EachProperty;
import io.micronaut.context.annotation.Parameter;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.unifluid.scheduling.batching.BatchSettings;
import io.unifluid.scheduling.batching.InFlightWindow;
import io.unifluid.scheduling.task.Lane;
import java.time.Duration;

/**
 * The settings of one lane; what is null has the lane's default.
 *
 * @param name as in topics, for example {@code understand-bulk}
 */
@Introspected
@EachProperty(LaneConfiguration.PREFIX)
public record LaneConfiguration(
        @Parameter String name,
        @Nullable @Within(least = "1", most = "10000") Integer maxItems,
        @Nullable Double maxCost,
        @Nullable @Within(least = "1", most = "4194304") Integer maxBytes,
        @Nullable @Within(least = "0s", most = "1h") Duration maxWait,
        @Nullable @Within(least = "0s", most = "1h") Duration deadlineReserve,
        @Nullable @Within(least = "1", most = "2147483647") Integer windowItems,
        @Nullable Double windowCost) {
    static final String GROUP = "lanes";
    static final String PREFIX = StreamsConfiguration.PREFIX + "." + GROUP;

    /** Of a lane about which nothing is said. */
    static LaneConfiguration of(Lane lane) {
        return new LaneConfiguration(lane.topicSuffix(), null, null, null, null, null, null, null);
    }

    BatchSettings batches() {
        var defaults = BatchSettings.defaults(Lane.ofTopicSuffix(name));
        return named(() -> new BatchSettings(
                maxItems == null ? defaults.maxItems() : maxItems,
                maxCost == null ? defaults.maxCost() : maxCost,
                maxBytes == null ? defaults.maxBytes() : maxBytes,
                maxWait == null ? defaults.maxWait() : maxWait,
                deadlineReserve == null ? defaults.deadlineReserve() : deadlineReserve));
    }

    /** Follows the batch settings, so that larger batches still fit the window; a bound that was given is kept to. */
    InFlightWindow window() {
        var window = InFlightWindow.of(batches());
        if (windowItems == null && windowCost == null) {
            return window;
        }
        return named(() -> InFlightWindow.fixed(
                windowItems == null ? window.maxItems() : windowItems,
                windowCost == null ? window.maxCost() : windowCost));
    }

    private <V> V named(java.util.function.Supplier<V> settings) {
        return Sentences.named(GROUP + "." + name, settings);
    }
}

package io.unifluid.streams;

import io.micronaut.context.ApplicationContext;
import io.unifluid.streams.config.StreamsContext;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.readiness.Readiness;
import io.unifluid.streams.running.TopologyRunner;
import java.util.List;

/**
 * The whole app in its context, for {@link StreamsApp}, tests and whoever embeds it; what it counts is in {@link
 * io.unifluid.streams.metrics.StreamsMetrics}. Start it once, close it once; thread-safe.
 */
public final class StreamsAppRunner extends TopologyRunner {
    private volatile Readiness readiness = new Readiness(List.of());

    public StreamsAppRunner(StreamsSettings settings) {
        this(StreamsContext.of(settings));
    }

    StreamsAppRunner(ApplicationContext context) {
        super(context);
    }

    @Override
    public StreamsAppRunner start() {
        begin();
        readiness = bean(Readiness.class);
        return this;
    }

    /** Why requests are not being taken, a line for each reason; empty when they are. */
    public List<String> troubles() {
        return readiness.troubles();
    }
}

package io.unifluid.moderation;

import io.micronaut.context.ApplicationContext;
import io.unifluid.moderation.config.ModerationContext;
import io.unifluid.moderation.config.ModerationSettings;
import io.unifluid.streams.running.TopologyRunner;

/**
 * The whole app in its context, for {@link ModerationApp}, tests and whoever embeds it; what it counts is in {@link
 * io.unifluid.moderation.metrics.ModerationMetrics}. Start it once, close it once; thread-safe.
 */
public final class ModerationRunner extends TopologyRunner {
    public ModerationRunner(ModerationSettings settings) {
        this(ModerationContext.of(settings));
    }

    ModerationRunner(ApplicationContext context) {
        super(context);
    }

    @Override
    public ModerationRunner start() {
        begin();
        return this;
    }
}

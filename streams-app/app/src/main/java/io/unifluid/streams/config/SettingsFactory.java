package io.unifluid.streams.config;

import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.Environment;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.validation.validator.Validator;
import io.unifluid.scheduling.batching.BatchSettings;
import io.unifluid.scheduling.batching.InFlightWindow;
import io.unifluid.scheduling.task.CostModel;
import io.unifluid.scheduling.task.Lane;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.EnumMap;

/** Makes of what was configured what the app works with. */
@Factory
final class SettingsFactory {
    @Singleton
    @Requires(missingBeans = StreamsSettings.class)
    StreamsSettings settings(Environment environment, BeanContext beans, Validator validator) {
        var given = GivenSettings.of(environment, validator);
        var app = beans.getBean(StreamsConfiguration.class);
        var batches = new EnumMap<Lane, BatchSettings>(Lane.class);
        var windows = new EnumMap<Lane, InFlightWindow>(Lane.class);
        for (var lane : Lane.values()) {
            var configured = beans.findBean(LaneConfiguration.class, Qualifiers.byName(lane.topicSuffix()))
                    .orElseGet(() -> LaneConfiguration.of(lane));
            batches.put(lane, configured.batches());
            windows.put(lane, configured.window());
        }
        return new StreamsSettings(
                app.bootstrapServers().strip(),
                given.registry(app.registryUrl().strip()),
                app.applicationId().strip(),
                Path.of(app.stateDir().strip()),
                app.streamThreads(),
                app.standbys(),
                app.commitInterval(),
                app.promptCommitInterval(),
                app.shardsPerLane(),
                app.status(),
                app.absentModel(),
                app.wakeUpInterval(),
                app.batchingInterval(),
                app.watchInterval(),
                app.unfinished(),
                app.validation(),
                app.admission(),
                app.lifecycle(),
                CostModel.defaults(),
                batches,
                windows,
                given.tenantWeights(),
                app.reuse().settings(),
                app.httpHost().strip(),
                app.httpPort(),
                given.kafka());
    }
}

package io.unifluid.worker;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.unifluid.inference.families.Models;
import io.unifluid.worker.config.WorkerSettings;
import jakarta.inject.Singleton;

/** The model that the settings name, unless whoever embeds the worker brings one. */
@Factory
final class ConfiguredModel {
    @Singleton
    @Requires(missingBeans = ModelSource.class)
    ModelSource source(WorkerSettings settings) {
        return () -> Models.open(settings.model().location(), settings.model().options());
    }
}

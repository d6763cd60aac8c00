package io.unifluid.streams;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.env.Environment;
import jakarta.inject.Singleton;

/** Wires the runner to Micronaut's configuration, and nothing else. */
@Factory
final class AppFactory {
    @Singleton
    StreamsSettings settings(Environment environment) {
        return StreamsSettings.of(NamedValues.of(environment, System.getenv()));
    }

    @Singleton
    @Bean(preDestroy = "close")
    StreamsAppRunner runner(StreamsSettings settings) {
        return new StreamsAppRunner(settings);
    }
}

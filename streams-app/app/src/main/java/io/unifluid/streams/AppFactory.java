package io.unifluid.streams;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.env.Environment;
import io.unifluid.schemas.access.Variables;
import io.unifluid.streams.config.NamedValues;
import io.unifluid.streams.config.PassedThrough;
import io.unifluid.streams.config.StreamsSettings;
import jakarta.inject.Singleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the runner to Micronaut's configuration, and nothing else. */
@Factory
final class AppFactory {
    private static final Logger LOG = LoggerFactory.getLogger(AppFactory.class);

    @Singleton
    StreamsSettings settings(Environment environment) {
        Variables.unread(System.getenv(), NamedValues.VARIABLE_PREFIX, PassedThrough.KAFKA)
                .forEach(LOG::warn);
        return StreamsSettings.of(NamedValues.of(environment, System.getenv()));
    }

    @Singleton
    @Bean(preDestroy = "close")
    StreamsAppRunner runner(StreamsSettings settings) {
        return new StreamsAppRunner(settings);
    }
}

package io.unifluid.streams;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.unifluid.streams.config.StreamsSettings;
import jakarta.inject.Singleton;

@Factory
final class AppFactory {
    @Singleton
    @Bean(preDestroy = "close")
    StreamsAppRunner runner(StreamsSettings settings) {
        return new StreamsAppRunner(settings);
    }
}

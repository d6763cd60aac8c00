/**
 * The streams app: {@link io.unifluid.streams.StreamsApp} is the process, {@link io.unifluid.streams.StreamsAppRunner} the
 * same inside another one.
 *
 * <p>Its beans are only for contexts of {@link io.unifluid.streams.config.StreamsContext}: where other apps lie on the same
 * class path, their contexts know nothing of them.
 */
@Configuration
@Requires(property = StreamsContext.APP, value = StreamsContext.STREAMS)
package io.unifluid.streams;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import io.unifluid.streams.config.StreamsContext;

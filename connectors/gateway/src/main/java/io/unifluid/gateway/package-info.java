/**
 * The gateway: {@link io.unifluid.gateway.GatewayApp} is the process, {@link io.unifluid.gateway.GatewayRunner} the same
 * inside another one.
 *
 * <p>Its beans are only for contexts of {@link io.unifluid.gateway.config.GatewayContext}: where other apps lie on the same
 * class path, their contexts know nothing of them.
 */
@Configuration
@Requires(property = AppSettings.APP, value = GatewayContext.GATEWAY)
package io.unifluid.gateway;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import io.unifluid.gateway.config.GatewayContext;
import io.unifluid.service.config.AppSettings;

/** Whether an application is of use, told to whoever asks over HTTP. */
@Configuration
@Requires(property = AppSettings.SHARED)
package io.unifluid.service.health;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import io.unifluid.service.config.AppSettings;

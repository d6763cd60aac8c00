/** Settings of an application: named in files, properties and the environment, all of them known, each readable. */
@Configuration
@Requires(property = AppSettings.SHARED)
package io.unifluid.service.config;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;

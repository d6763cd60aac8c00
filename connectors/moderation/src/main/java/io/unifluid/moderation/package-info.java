/**
 * The moderation app: {@link io.unifluid.moderation.ModerationApp} is the process, {@link
 * io.unifluid.moderation.ModerationRunner} the same inside another one.
 *
 * <p>Its beans are only for contexts of {@link io.unifluid.moderation.config.ModerationContext}: where other apps lie on the
 * same class path, their contexts know nothing of them.
 */
@Configuration
@Requires(property = AppSettings.APP, value = ModerationContext.MODERATION)
package io.unifluid.moderation;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import io.unifluid.moderation.config.ModerationContext;
import io.unifluid.service.config.AppSettings;

/**
 * The worker process: takes batches from share groups, fetches and decodes their pictures ahead of the device, runs
 * them on one model, publishes one outcome per item and then acknowledges the batch.
 *
 * <p>Threads: one per {@link io.unifluid.worker.sharegroup.ShareGroupLoop}, which alone touches its consumer; one that owns the
 * device; virtual ones for all that waits.
 *
 * <p>Its beans are only for {@link io.unifluid.worker.config.WorkerContext}: where other apps lie on the same class path, their contexts
 * know nothing of them.
 */
@Configuration
@Requires(property = WorkerContext.APP, value = WorkerContext.WORKER)
package io.unifluid.worker;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import io.unifluid.worker.config.WorkerContext;

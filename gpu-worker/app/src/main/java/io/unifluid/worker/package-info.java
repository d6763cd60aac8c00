/**
 * The worker process: takes batches from share groups, fetches and decodes their pictures ahead of the device, runs
 * them on one model, publishes one outcome per item and then acknowledges the batch.
 *
 * <p>Threads: one per {@link io.unifluid.worker.sharegroup.ShareGroupLoop}, which alone touches its consumer; one that owns the
 * device; virtual ones for all that waits.
 */
package io.unifluid.worker;

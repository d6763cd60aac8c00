/**
 * A seeded world around the pure decisions: callers, an admitting task, batching, lanes and workers, with crashes,
 * duplicates, delays and reorderings, in virtual time. Nothing here sleeps or starts a thread.
 */
package io.unifluid.scheduling.simulation;

/**
 * Every decision about a request between its arrival and its one terminal result, as pure functions over values: no
 * clock, no randomness, no input or output, no dependency but the JDK. Time comes in as {@code now}; what is to be done
 * goes out as a value, and the caller does it.
 *
 * <ul>
 *   <li>Admission: {@link io.unifluid.scheduling.admission.RequestValidator}, {@link io.unifluid.scheduling.admission.RunningModels},
 *       {@link io.unifluid.scheduling.admission.AdmissionLimits}, {@link io.unifluid.scheduling.task.WorkProfiles}.
 *   <li>Lifecycle: {@link io.unifluid.scheduling.lifecycle.RequestLifecycle}, {@link io.unifluid.scheduling.lifecycle.RetryPolicy}.
 *   <li>Batching: {@link io.unifluid.scheduling.batching.BatchPolicy}, {@link io.unifluid.scheduling.batching.FairShare},
 *       {@link io.unifluid.scheduling.batching.BucketTurns}, {@link io.unifluid.scheduling.batching.InFlightWindow}.
 *   <li>Reuse: {@link io.unifluid.scheduling.reuse.ComputationKey}, {@link io.unifluid.scheduling.reuse.InFlightDeduplicator},
 *       {@link io.unifluid.scheduling.reuse.AttemptOutcome}, {@link io.unifluid.scheduling.reuse.ReuseLedger}.
 *   <li>Load: {@link io.unifluid.scheduling.batching.BacklogEstimate}.
 * </ul>
 */
package io.unifluid.scheduling;

/**
 * Every decision about a request between its arrival and its one terminal result, as pure functions over values: no
 * clock, no randomness, no input or output, no dependency but the JDK. Time comes in as {@code now}; what is to be done
 * goes out as a value, and the caller does it.
 *
 * <ul>
 *   <li>Admission: {@link io.unifluid.scheduling.RequestValidator}, {@link io.unifluid.scheduling.RunningModels},
 *       {@link io.unifluid.scheduling.AdmissionLimits}, {@link io.unifluid.scheduling.WorkProfiles}.
 *   <li>Lifecycle: {@link io.unifluid.scheduling.RequestLifecycle}, {@link io.unifluid.scheduling.RetryPolicy}.
 *   <li>Batching: {@link io.unifluid.scheduling.BatchPolicy}, {@link io.unifluid.scheduling.FairShare},
 *       {@link io.unifluid.scheduling.BucketTurns}, {@link io.unifluid.scheduling.InFlightWindow}.
 *   <li>Reuse: {@link io.unifluid.scheduling.ReuseKey}, {@link io.unifluid.scheduling.Twins},
 *       {@link io.unifluid.scheduling.Ending}, {@link io.unifluid.scheduling.ReuseLedger}.
 *   <li>Load: {@link io.unifluid.scheduling.BacklogEstimate}.
 * </ul>
 */
package io.unifluid.scheduling;

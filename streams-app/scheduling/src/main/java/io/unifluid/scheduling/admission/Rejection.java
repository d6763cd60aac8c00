package io.unifluid.scheduling.admission;

/**
 * A refusal at admission.
 *
 * @param message one clear sentence: what is wrong and what to do
 */
public record Rejection(RejectKind kind, String message) {}

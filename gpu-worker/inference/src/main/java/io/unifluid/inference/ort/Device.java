package io.unifluid.inference.ort;

/**
 * Where graphs run.
 *
 * @param name "cpu" or "cuda:0"
 * @param reason why, one sentence
 */
public record Device(String name, String reason) {}

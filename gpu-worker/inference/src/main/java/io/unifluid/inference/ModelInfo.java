package io.unifluid.inference;

/**
 * Which model this is, as results report it.
 *
 * @param family the code that runs it, for example "unifluid"
 * @param name the bundle's name
 * @param version the bundle's version
 * @param device "cpu" or "cuda:0"
 * @param deviceReason why that device, one sentence
 */
public record ModelInfo(String family, String name, String version, String device, String deviceReason) {}

package io.unifluid.testkit;

import java.util.Map;

/**
 * A record of the dead-letter topic as a person would find it.
 *
 * @param key may be null
 * @param value the original bytes, may be null
 * @param headers the last value of each, as UTF-8
 */
public record DeadLetter(byte[] key, byte[] value, Map<String, String> headers) {}

package io.unifluid.moderation.hash;

/**
 * A picture is on a list.
 *
 * @param distance in bits; 0 for the same bytes
 */
public record HashMatch(HashEntry entry, int distance) {}

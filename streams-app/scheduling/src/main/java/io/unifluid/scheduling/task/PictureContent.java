package io.unifluid.scheduling.task;

/**
 * What is known of a picture's bytes before anybody has fetched them.
 *
 * @param name the same only for the same bytes, as long as a worker succeeds with them: a hash that was computed here,
 *     one that the worker verifies, or an address together with a hash that the worker verifies
 * @param shown the bytes came with the request, so that its sender is known to have them
 */
public record PictureContent(String name, boolean shown) {}

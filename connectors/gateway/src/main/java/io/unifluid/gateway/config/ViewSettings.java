package io.unifluid.gateway.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the view of requests is kept.
 *
 * @param applicationId what the name of its group begins with
 * @param stateDir folder of the store, which may be lost; one for each gateway
 * @param kept how long what was said last of a request can be asked for
 * @param keptBytes most that is kept; the oldest go first
 */
public record ViewSettings(String applicationId, Path stateDir, Duration kept, long keptBytes) {}

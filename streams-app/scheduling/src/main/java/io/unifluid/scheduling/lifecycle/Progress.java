package io.unifluid.scheduling.lifecycle;

/** What a status tells of a request: where it is on its way, or how it ended. */
public sealed interface Progress permits Phase, TerminalStatus {}

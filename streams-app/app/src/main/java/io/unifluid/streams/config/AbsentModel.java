package io.unifluid.streams.config;

/** What becomes of a request that nobody can run now: its model runs nowhere, or no model that runs does its task. */
public enum AbsentModel {
    /** It is refused, by the names of what runs. While no worker at all is known it waits all the same. */
    REJECT,
    /** It waits, as long as its deadline allows, until a worker says that it can. */
    WAIT
}

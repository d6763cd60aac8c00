/**
 * Reads topics that strangers may write, in bounded memory. Uses Kafka's record classes below its public interface, and
 * hangs itself between a consumer and its connections: see RATIONALE.md.
 */
package io.unifluid.schemas.reading;

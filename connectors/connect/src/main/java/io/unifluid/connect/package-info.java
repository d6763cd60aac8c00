/** A plugin of Kafka Connect: archives of pictures as a source, and results as columns. */
package io.unifluid.connect;

/**
 * How a process gets to Kafka and to the Schema Registry: what its operator may set, which rights it needs, and what to
 * say when it is refused. The same for the apps and for every command.
 */
package io.unifluid.schemas.access;

package io.unifluid.blobs.fetch;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Turns a host name, or an address in brackets-free text, into addresses. */
@FunctionalInterface
interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
}

package io.unifluid.inference.support;

/** An item that cannot be run as it is; the message is the sentence for its sender. */
public final class BadItem extends Exception {
    public BadItem(String message) {
        super(message);
    }
}

package io.unifluid.inference.unifluid;

/** An item that cannot be run as it is; the message is the sentence for its sender. */
final class BadItem extends Exception {
    BadItem(String message) {
        super(message);
    }
}

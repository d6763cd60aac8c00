package io.unifluid.streams.event;

/** Something that shall be written is larger than what takes it; the message is one sentence. Nothing was touched yet. */
public final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooLargeException(String topic, long bytes, long most) {
        super("What has to be written to " + topic + " takes " + bytes + " bytes, and it takes " + most
                + ": send less, for example a claim in place of inline bytes.");
    }
}

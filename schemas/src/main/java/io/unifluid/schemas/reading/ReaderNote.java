package io.unifluid.schemas.reading;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * A header that was added as its record was read, and says what is missing of it. A sender can use the same names but not
 * the same class: that is how the two are told apart until the record is written again.
 */
public final class ReaderNote extends RecordHeader {
    public ReaderNote(String name, String text) {
        super(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The last note of this name, or null: not what a sender wrote under it. */
    public static ReaderNote last(Headers headers, String name) {
        ReaderNote last = null;
        for (Header header : headers.headers(name)) {
            if (header instanceof ReaderNote note) {
                last = note;
            }
        }
        return last;
    }

    public String text() {
        return new String(value(), StandardCharsets.UTF_8);
    }
}

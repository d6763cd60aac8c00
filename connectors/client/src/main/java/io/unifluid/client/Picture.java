package io.unifluid.client;

import io.unifluid.schemas.ImageRef;
import java.nio.file.Path;
import java.util.Objects;

/** The picture of a request. Its content is not looked at before it is sent: that is the worker's to judge. */
public sealed interface Picture {
    /** A file, which is read when the request is submitted. */
    static Picture of(Path file) {
        return new File(file);
    }

    /** @param bytes of a PNG, JPEG, WebP, GIF, BMP or TIFF file; not to be changed until the request is submitted */
    static Picture of(byte[] bytes) {
        return new Bytes(bytes);
    }

    /** One that a worker fetches: {@code https:}, {@code s3:}, {@code file:} where the operator allows it, or a claim. */
    static Picture at(String uri) {
        return new Given(ImageRef.newBuilder().setUri(uri).build());
    }

    /** One that is described already, for example claimed before. */
    static Picture of(ImageRef image) {
        return new Given(image);
    }

    /** On this machine. */
    record File(Path path) implements Picture {
        public File {
            Objects.requireNonNull(path, "path");
        }
    }

    /** In memory. */
    @SuppressWarnings("ArrayRecordComponent") // Handed on as it is; nobody compares two.
    record Bytes(byte[] bytes) implements Picture {
        public Bytes {
            Objects.requireNonNull(bytes, "bytes");
        }

        @Override
        public String toString() {
            return "Bytes[" + bytes.length + "]";
        }
    }

    /** As it travels. */
    record Given(ImageRef image) implements Picture {
        public Given {
            Objects.requireNonNull(image, "image");
        }
    }
}

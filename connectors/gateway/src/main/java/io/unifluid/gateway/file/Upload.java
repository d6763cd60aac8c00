package io.unifluid.gateway.file;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.http.exceptions.ContentLengthExceededException;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Optional;

/** A form with one file, read as it comes: what is large lies on this machine's disk until it is closed. */
final class Upload implements AutoCloseable {
    private static final int IN_MEMORY = 1 << 20;
    private static final int AT_ONCE = 1 << 16;

    private final DefaultHttpDataFactory data;
    private final HttpPostMultipartRequestDecoder decoder;
    private final ObjectNode values = Json.object();
    private FileUpload file;

    private Upload(String contentType) {
        this.data = new DefaultHttpDataFactory(IN_MEMORY);
        data.setDeleteOnExit(false);
        var head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        this.decoder = new HttpPostMultipartRequestDecoder(data, head);
    }

    /**
     * @param most bytes of the form
     * @throws ApiError when it is none, or too large
     */
    static Upload read(String contentType, InputStream body, long most) {
        Upload upload = null;
        try {
            upload = new Upload(contentType);
            upload.read(body, most);
            return upload;
        } catch (IOException
                | HttpPostRequestDecoder.ErrorDataDecoderException
                | HttpPostRequestDecoder.TooManyFormFieldsException
                | HttpPostRequestDecoder.TooLongFormFieldException e) {
            close(upload);
            if (isTooLarge(e)) {
                throw ApiError.tooLarge(most);
            }
            throw ApiError.body(
                    "invalid_form", "The form cannot be read: send multipart/form-data with the part 'file'.");
        } catch (RuntimeException e) {
            close(upload);
            throw e;
        }
    }

    /** The server's own bound was met first. */
    private static boolean isTooLarge(Throwable problem) {
        for (var cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof ContentLengthExceededException) {
                return true;
            }
        }
        return false;
    }

    private static void close(Upload upload) {
        if (upload != null) {
            upload.close();
        }
    }

    private void read(InputStream body, long most) throws IOException {
        long total = 0;
        var buffer = new byte[AT_ONCE];
        for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
            if (total == 0 && !beginsAsOne(buffer, count)) {
                throw new IOException("It does not begin as a form.");
            }
            total += count;
            if (total > most) {
                throw ApiError.tooLarge(most);
            }
            decoder.offer(new DefaultHttpContent(Unpooled.copiedBuffer(buffer, 0, count)));
        }
        decoder.offer(new DefaultLastHttpContent());
        for (var part : decoder.getBodyHttpDatas()) {
            switch (part) {
                case FileUpload found
                when found.getName().equals("file") -> {
                    if (file != null) {
                        throw ApiError.parameter("file", "'file' has several files; give one.");
                    }
                    file = found;
                }
                case FileUpload other -> values.put(other.getName(), "a file");
                case Attribute value -> put(value.getName(), value.getValue());
                default -> {}
            }
        }
    }

    /** The decoder would look through anything for where a form begins, again with each piece that comes. */
    private static boolean beginsAsOne(byte[] bytes, int count) {
        int at = 0;
        while (at < count && (bytes[at] == '\r' || bytes[at] == '\n')) {
            at++;
        }
        return at < count && bytes[at] == '-';
    }

    /** {@code expires_after[seconds]} is a member of an object. */
    private void put(String name, String value) {
        int bracket = name.indexOf('[');
        if (bracket > 0 && name.endsWith("]")) {
            values.withObjectProperty(name.substring(0, bracket))
                    .put(name.substring(bracket + 1, name.length() - 1), value);
        } else {
            values.put(name, value);
        }
    }

    /** The parts that are no file. */
    ObjectNode values() {
        return values;
    }

    /** @throws ApiError when there is none */
    FileUpload file() {
        return Optional.ofNullable(file)
                .orElseThrow(() -> ApiError.parameter(
                        "file", "missing_required_parameter", "'file' is missing: add a part with the file."));
    }

    InputStream content() throws IOException {
        var found = file();
        return found.isInMemory()
                ? new ByteArrayInputStream(found.get())
                : Files.newInputStream(found.getFile().toPath());
    }

    @Override
    public void close() {
        decoder.destroy();
        data.cleanAllHttpData();
    }
}

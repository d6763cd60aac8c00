package io.unifluid.inference.image;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Turns the bytes of a picture into what a model takes. Whatever is wrong with them, also what exhausts the memory,
 * the stack or the time, ends in a {@link BadImageException} and nothing else.
 *
 * <p>Safe for use by any number of threads, virtual ones too: decoding itself happens on as many threads of its own
 * as there are cores, and callers wait for one. The time limit begins when a decoder thread is free.
 */
public final class ImageDecoder implements AutoCloseable {
    private final ImageSpec spec;
    private final DecodeLimits limits;
    private final Semaphore slots = new Semaphore(Runtime.getRuntime().availableProcessors());
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("image-decoder-", 0).factory());

    public ImageDecoder(ImageSpec spec, DecodeLimits limits) {
        this.spec = spec;
        this.limits = limits;
    }

    /**
     * Decodes, turns upright, puts transparent parts on white, resizes and normalises a picture. Of an animation the
     * first frame counts.
     *
     * @throws BadImageException if the picture cannot be used
     * @throws InterruptedException if the caller is interrupted; the picture may be sound
     */
    public ImageTensor decode(byte[] encoded) throws BadImageException, InterruptedException {
        if (encoded.length == 0) {
            throw new BadImageException("The picture is empty (0 bytes); send the file's content.");
        }
        if (encoded.length > limits.maxBytes()) {
            throw new BadImageException("The picture has " + encoded.length + " bytes and this worker takes at most "
                    + limits.maxBytes() + "; send a smaller one.");
        }
        ImageFormat format = ImageFormat.of(encoded)
                .orElseThrow(() -> new BadImageException("The bytes are not a picture this worker can read (JPEG, PNG,"
                        + " WebP, GIF, BMP, TIFF); they begin with " + ImageFormat.beginning(encoded) + "."));
        slots.acquire();
        try {
            return decode(new PictureReading(encoded, format, spec, limits.maxPixels()), format);
        } finally {
            slots.release();
        }
    }

    private ImageTensor decode(PictureReading reading, ImageFormat format)
            throws BadImageException, InterruptedException {
        Future<ImageTensor> future = threads.submit(reading);
        try {
            return future.get(limits.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            reading.abort();
            throw new BadImageException(
                    "Decoding the " + format + " picture took longer than "
                            + limits.timeout().toMillis() + " ms; send a smaller or simpler one.",
                    e);
        } catch (InterruptedException e) {
            reading.abort();
            throw e;
        } catch (ExecutionException e) {
            throw bad(format, e.getCause());
        }
    }

    private static BadImageException bad(ImageFormat format, Throwable cause) {
        return switch (cause) {
            case BadImageException told -> told;
            case OutOfMemoryError memory ->
                new BadImageException(
                        "Decoding the " + format + " picture needs more memory than this worker has; send a smaller"
                                + " one.",
                        memory);
            default ->
                new BadImageException(
                        "The " + format + " picture is damaged or cut short (" + reason(cause)
                                + "); send a sound file.",
                        cause);
        };
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        if (message == null || message.isBlank()) {
            return cause.getClass().getSimpleName();
        }
        String line = message.lines().findFirst().orElse(message);
        return line.length() > 120 ? line.substring(0, 120) + ".." : line;
    }

    /** Ends the decoder threads; pictures that are being decoded are given up. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}

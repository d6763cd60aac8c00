package io.unifluid.inference.image;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the bytes of a picture into what a model takes. Whatever is wrong with them, also what would exhaust the memory,
 * the stack or the time, ends in a {@link BadImageException} and nothing else, and leaves no thread and no memory taken.
 *
 * <p>Safe for use by any number of threads, virtual ones too: decoding itself happens on as many threads of its own
 * as there are cores, and callers wait for one. The time limit is of the decoder thread's work.
 */
public final class ImageDecoder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImageDecoder.class);

    private final ImageSpec spec;
    private final DecodeLimits limits;
    private final MemoryBudget memory;
    private final Semaphore slots;
    private final ExecutorService threads;

    public ImageDecoder(ImageSpec spec, DecodeLimits limits) {
        int cores = Runtime.getRuntime().availableProcessors();
        this.spec = spec;
        this.limits = limits;
        this.memory = new MemoryBudget(limits.maxMemory());
        this.slots = new Semaphore(cores, true);
        this.threads = Executors.newFixedThreadPool(
                cores, Thread.ofPlatform().daemon().name("image-decoder-", 0).factory());
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
        ImageFormat format = ImageFormat.of(encoded).orElse(null);
        if (format == null) {
            throw new BadImageException(ForeignFormat.sentence(encoded)
                    .orElse("The bytes are not a picture this worker can read (JPEG, PNG, WebP, GIF, BMP, TIFF); they"
                            + " begin with " + new Beginning(encoded).shown() + "."));
        }
        slots.acquire();
        try {
            return decode(format, checked(format, encoded));
        } finally {
            slots.release();
        }
    }

    private PictureFile checked(ImageFormat format, byte[] encoded) throws BadImageException {
        try {
            PictureFile file = PictureFile.of(format, encoded);
            if ((long) file.width() * file.height() > limits.maxPixels()) {
                throw Refusal.tooManyPixels(file.width(), file.height(), limits.maxPixels());
            }
            return file;
        } catch (RuntimeException e) {
            throw damaged(format, e);
        }
    }

    private ImageTensor decode(ImageFormat format, PictureFile file) throws BadImageException, InterruptedException {
        int skip = PictureReading.skip(file, spec);
        long bytes = PictureReading.memory(file, spec, skip);
        if (!memory.has(bytes)) {
            throw Refusal.tooMuchMemory(format, file.width(), file.height(), bytes, limits.maxMemory());
        }
        memory.take(bytes);
        try {
            TimeLimit time = new TimeLimit(limits.timeout());
            return decode(format, new PictureReading(file, spec, skip, time), time);
        } finally {
            memory.giveBack(bytes);
        }
    }

    /** Comes back when the thread has: a picture that is over holds neither a thread nor memory. */
    private ImageTensor decode(ImageFormat format, PictureReading reading, TimeLimit time)
            throws BadImageException, InterruptedException {
        Future<ImageTensor> future = threads.submit(reading);
        InterruptedException interrupted = null;
        while (true) {
            try {
                ImageTensor tensor = future.get();
                if (interrupted != null) {
                    throw interrupted;
                }
                return tensor;
            } catch (InterruptedException e) {
                if (interrupted == e) {
                    throw e;
                }
                interrupted = e;
                time.stop();
            } catch (ExecutionException e) {
                if (interrupted != null) {
                    throw interrupted;
                }
                throw refusal(format, time, e.getCause());
            }
        }
    }

    private BadImageException refusal(ImageFormat format, TimeLimit time, Throwable cause) {
        return switch (cause) {
            case BadImageException told -> told;
            case OutOfMemoryError error ->
                new BadImageException(
                        "Decoding the " + format + " picture needs more memory than this worker has; send a smaller"
                                + " one.",
                        error);
            case Throwable _
            when time.over() -> Refusal.tooLong(format, limits.timeout().toMillis());
            default -> damaged(format, cause);
        };
    }

    private static BadImageException damaged(ImageFormat format, Throwable cause) {
        LOG.debug("A {} picture could not be read", format, cause);
        return Refusal.damaged(format, cause);
    }

    /** Ends the decoder threads; pictures that are being decoded come to their end. */
    @Override
    public void close() {
        threads.shutdown();
    }
}

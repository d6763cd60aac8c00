package io.unifluid.blobs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs as files under {@code root/ab/cd/abcd..}; several machines may share the folder. A blob is written beside its
 * place, forced to the disk and then renamed, so that a crash leaves either the whole blob or an abandoned file in
 * {@code root/.incoming}, which the next process sweeps away once it is an hour old.
 */
public final class FileSystemBlobStore implements BlobStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileSystemBlobStore.class);
    private static final Duration ABANDONED_AFTER = Duration.ofHours(1);
    /** Below this much free space the store calls itself unfit: a few dozen large pictures. */
    private static final long LEAST_FREE_BYTES = 256L << 20;

    private final Path root;
    private final Path incoming;
    private final AtomicBoolean swept = new AtomicBoolean();

    public FileSystemBlobStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
        this.incoming = this.root.resolve(".incoming");
    }

    @Override
    public BlobKey put(byte[] bytes) {
        BlobKey key = BlobKey.of(bytes);
        Path target = path(key);
        try {
            createDurably(incoming);
            createDurably(target.getParent());
            if (swept.compareAndSet(false, true)) {
                sweepAbandoned();
            }
            Path temporary = incoming.resolve(UUID.randomUUID().toString());
            try {
                writeDurably(temporary, bytes);
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
            force(target.getParent());
            return key;
        } catch (IOException e) {
            throw new BlobStoreException(
                    "Could not store " + bytes.length + " bytes in " + this + " (" + FileProblem.reason(e)
                            + "): make the folder writable, free some space, and try again.",
                    e);
        }
    }

    @Override
    public byte[] get(BlobKey key) {
        return get(key, Integer.MAX_VALUE - 8);
    }

    @Override
    public byte[] get(BlobKey key, long maxBytes) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path(key))) {
            long size = Files.size(path(key));
            if (size > maxBytes) {
                throw new BlobTooLargeException(key, size, maxBytes);
            }
            bytes = in.readNBytes((int) Math.min(maxBytes, Integer.MAX_VALUE - 8));
        } catch (NoSuchFileException e) {
            throw missing(key, e);
        } catch (IOException e) {
            throw cannotRead(path(key), e);
        }
        if (!BlobKey.of(bytes).equals(key)) {
            throw new BlobCorruptException(key, toString(), bytes);
        }
        return bytes;
    }

    @Override
    public boolean exists(BlobKey key) {
        try {
            return Files.readAttributes(path(key), BasicFileAttributes.class).isRegularFile();
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw cannotRead(path(key), e);
        }
    }

    @Override
    public void delete(BlobKey key) {
        try {
            Files.deleteIfExists(path(key));
        } catch (IOException e) {
            throw new BlobStoreException(
                    "Could not remove " + path(key) + " (" + FileProblem.reason(e) + "): make the folder writable.", e);
        }
    }

    /**
     * Moves the blob aside before it looks at the age for the last time: one that is put again meanwhile comes back or
     * is replaced, and is never lost.
     */
    @Override
    public boolean deleteIfOlder(BlobKey key, Instant than) {
        Path file = path(key);
        try {
            if (!isOlder(file, than)) {
                return false;
            }
            createDurably(incoming);
            Path aside = incoming.resolve("removed-" + UUID.randomUUID());
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
            if (isOlder(aside, than)) {
                Files.deleteIfExists(aside);
                return true;
            }
            if (Files.notExists(file)) {
                Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                force(file.getParent());
            } else {
                Files.deleteIfExists(aside); // put once more: the same bytes lie there already
            }
            return false;
        } catch (NoSuchFileException e) {
            return false; // somebody else removed it
        } catch (IOException e) {
            throw new BlobStoreException(
                    "Could not remove " + file + " (" + FileProblem.reason(e) + "): make the folder writable.", e);
        }
    }

    private static boolean isOlder(Path file, Instant than) throws IOException {
        return Files.getLastModifiedTime(file).toInstant().isBefore(than);
    }

    @Override
    public Stream<BlobEntry> list() {
        return children(root).stream()
                .flatMap(first -> children(first).stream())
                .flatMap(second -> children(second).stream())
                .flatMap(this::entry);
    }

    @Override
    public StoreCheck check() {
        Path probe = incoming.resolve("check-" + UUID.randomUUID());
        try {
            createDurably(incoming);
            writeDurably(probe, new byte[] {1});
            Files.delete(probe);
            long free = Files.getFileStore(root).getUsableSpace();
            if (free < LEAST_FREE_BYTES) {
                return StoreCheck.fails("Only " + (free >> 20) + " MiB are free in " + this + ": free at least "
                        + (LEAST_FREE_BYTES >> 20) + " MiB or choose another folder.");
            }
            return StoreCheck.works("The " + this + " is writable and has " + (free >> 20) + " MiB free.");
        } catch (IOException e) {
            return StoreCheck.fails("The " + this + " is not writable (" + FileProblem.reason(e)
                    + "): make it writable for this user or choose another folder.");
        }
    }

    /** Holds nothing open. */
    @Override
    public void close() {}

    @Override
    public String toString() {
        return "blob store folder " + root;
    }

    /**
     * A folder that is away (a share that is not mounted) says nothing about the blob: it is an outage, also when the
     * folder came back since the read failed.
     */
    private BlobException missing(BlobKey key, NoSuchFileException cause) {
        return Files.isDirectory(root) && Files.notExists(path(key))
                ? new BlobNotFoundException(key, toString())
                : new BlobStoreException("The " + this + " is not there: mount or create it.", cause);
    }

    private Path path(BlobKey key) {
        String hex = key.sha256Hex();
        return root.resolve(hex.substring(0, 2)).resolve(hex.substring(2, 4)).resolve(hex);
    }

    private Stream<BlobEntry> entry(Path file) {
        try {
            BlobKey key = new BlobKey(Objects.toString(file.getFileName()));
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return path(key).equals(file) && attributes.isRegularFile()
                    ? Stream.of(new BlobEntry(
                            key,
                            attributes.size(),
                            attributes.lastModifiedTime().toInstant()))
                    : Stream.empty();
        } catch (IllegalArgumentException | NoSuchFileException e) {
            return Stream.empty(); // a stranger's file, or a blob that was deleted meanwhile
        } catch (IOException e) {
            throw cannotRead(file, e);
        }
    }

    private static List<Path> children(Path folder) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(children::add);
            return children;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw cannotRead(folder, e);
        }
    }

    private void sweepAbandoned() throws IOException {
        Instant limit = Instant.now().minus(ABANDONED_AFTER);
        for (Path file : children(incoming)) {
            try {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(limit) && Files.deleteIfExists(file)) {
                    LOG.info("Removed {}, which a process left unfinished.", file);
                }
            } catch (NoSuchFileException e) {
                LOG.debug("{} was finished meanwhile.", file);
            }
        }
    }

    private void createDurably(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.getParent();
        if (parent != null) {
            createDurably(parent);
        }
        Files.createDirectories(folder, permissions(true));
        if (parent != null) {
            force(parent);
        }
    }

    private void writeDurably(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), permissions(false))) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    /** Whom the store's own folder keeps out, everything in it keeps out too, whatever the umask of this process. */
    private FileAttribute<?>[] permissions(boolean folder) throws IOException {
        if (!isPosix(root) || !Files.isDirectory(root)) {
            return new FileAttribute<?>[0];
        }
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        permissions.addAll(Files.getPosixFilePermissions(root));
        if (!folder) {
            permissions.removeAll(EnumSet.of(
                    PosixFilePermission.OWNER_EXECUTE,
                    PosixFilePermission.GROUP_EXECUTE,
                    PosixFilePermission.OTHERS_EXECUTE));
        }
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** Makes a rename in the folder survive a power cut, where the platform lets a folder be opened. */
    private static void force(Path folder) throws IOException {
        if (isPosix(folder)) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static BlobStoreException cannotRead(Path path, IOException e) {
        return new BlobStoreException(
                "Could not read " + path + " (" + FileProblem.reason(e)
                        + "): make the blob store folder readable for this user and try again.",
                e);
    }
}

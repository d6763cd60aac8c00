package io.unifluid.archive.source;

import io.unifluid.archive.Content;
import io.unifluid.archive.Item;
import io.unifluid.archive.ItemException;
import io.unifluid.client.Failure;
import io.unifluid.client.PictureSigns;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** A zip file, in the order of its directory, which is in memory: some 300 bytes a member. */
final class ZipMembers implements Members {
    private static final int FIRST_BYTES = 16;

    private final Origin origin;
    private final ZipFile zip;
    private final Iterator<ZipArchiveEntry> entries;
    private long ordinal;

    private ZipMembers(Origin origin, ZipFile zip) {
        this.origin = origin;
        this.zip = zip;
        this.entries = Collections.list(zip.getEntries()).iterator();
    }

    static ZipMembers of(Origin origin) throws IOException, InterruptedException {
        return new ZipMembers(
                origin, ZipFile.builder().setPath(origin.file().local()).get());
    }

    @Override
    public Item next() {
        while (entries.hasNext()) {
            var entry = entries.next();
            ordinal++;
            if (ordinal <= origin.after() || entry.isDirectory()) {
                continue;
            }
            if (entry.isUnixSymlink()) {
                origin.leftOut().link();
                continue;
            }
            var name = Origin.plain(entry.getName());
            if (origin.wants(name)) {
                var item = item(entry, name);
                if (item != null) {
                    return item;
                }
            }
        }
        return null;
    }

    private Item item(ZipArchiveEntry entry, String name) {
        var size = entry.getSize() < 0 ? OptionalLong.empty() : OptionalLong.of(entry.getSize());
        var unsafe = Origin.unsafe(name);
        if (unsafe.isPresent()) {
            return origin.broken(ordinal, name, unsafe.get());
        }
        if (!zip.canReadEntryData(entry)) {
            return origin.broken(
                    ordinal,
                    name,
                    new Failure(
                            Failure.UNREADABLE,
                            "The member is encrypted or packed in a way that cannot be read: pack it again without a password."));
        }
        if (!PictureSigns.named(name) && !origin.selection().all()) {
            try (var in = zip.getInputStream(entry)) {
                if (!origin.picture(name, in.readNBytes(FIRST_BYTES))) {
                    return null;
                }
            } catch (IOException e) {
                origin.leftOut().other(name);
                return null;
            }
        }
        return origin.item(ordinal, name, size, new Content.Bytes(() -> load(entry, size), false));
    }

    private byte[] load(ZipArchiveEntry entry, OptionalLong size) throws ItemException {
        try (var in = zip.getInputStream(entry)) {
            var bytes = PictureBytes.of(in, size);
            var crc = new CRC32();
            crc.update(bytes);
            if (entry.getCrc() >= 0 && crc.getValue() != entry.getCrc()) {
                throw new ItemException(
                        new Failure(
                                Failure.CORRUPT,
                                "The member is damaged: its bytes do not have the checksum that the archive gives."),
                        null);
            }
            return bytes;
        } catch (IOException e) {
            throw PictureBytes.unreadable(e);
        }
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            // it was read, and is not wanted any more
        }
    }
}

package io.unifluid.archive.source;

import io.unifluid.archive.Content;
import io.unifluid.archive.Item;
import io.unifluid.archive.ItemException;
import io.unifluid.client.Failure;
import io.unifluid.client.PictureSigns;
import io.unifluid.client.Why;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * A tar file, read from its beginning. Where its samples' other members are wanted, those that follow each other and have
 * one name up to the first dot are a sample, as WebDataset has it, and go with its first picture.
 */
final class TarMembers implements Members {
    private static final int FIRST_BYTES = 16;
    private static final int BUFFER = 1 << 16;
    /** A sample is held in memory; what is larger than that is no companion. */
    private static final int MOST_COMPANION_BYTES = 16 << 20;

    private final Origin origin;
    private final TarArchiveInputStream tar;
    private final Deque<Item> sample = new ArrayDeque<>();
    private TarArchiveEntry ahead;
    private long ordinal;
    private String last = "";
    private boolean ended;

    private TarMembers(Origin origin, InputStream in) {
        this.origin = origin;
        this.tar = new TarArchiveInputStream(in, "UTF-8");
    }

    static TarMembers of(Origin origin, boolean gzip) throws IOException, InterruptedException {
        var in = origin.file().open();
        try {
            return new TarMembers(origin, gzip ? new GZIPInputStream(in, BUFFER) : new BufferedInputStream(in, BUFFER));
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    @Override
    public Item next() {
        try {
            while (!ended) {
                if (!sample.isEmpty()) {
                    return sample.poll();
                }
                if (origin.selection().companions()) {
                    readSample();
                } else {
                    var item = member();
                    if (item != null) {
                        return item;
                    }
                }
            }
            return sample.poll();
        } catch (EnvironmentProblem e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            ended = true;
            var where = last.isEmpty() ? "its beginning" : "the member " + last;
            return origin.broken(
                    ordinal + 1,
                    "",
                    new Failure(
                            Failure.CORRUPT,
                            "The archive is damaged after " + where + " (" + Why.of(e)
                                    + "): the rest of it was not read."));
        }
    }

    /** The item of the next member, or null where it is none. */
    private Item member() throws IOException {
        var entry = following();
        if (entry == null) {
            ended = true;
            return null;
        }
        ordinal++;
        last = entry.getName();
        if (ordinal <= origin.after() || entry.isDirectory()) {
            return null;
        }
        if (!entry.isFile() || entry.isSymbolicLink() || entry.isLink()) {
            if (entry.isSymbolicLink() || entry.isLink()) {
                origin.leftOut().link();
            } else {
                origin.leftOut().special();
            }
            return null;
        }
        var name = Origin.plain(entry.getName());
        if (!origin.wants(name)) {
            return null;
        }
        var size = OptionalLong.of(entry.getSize());
        if (PictureSigns.named(name) || origin.selection().all()) {
            return safe(name, size, new Content.Bytes(() -> PictureBytes.of(tar, size), false));
        }
        var first = tar.readNBytes(FIRST_BYTES);
        if (!origin.picture(name, first)) {
            return null;
        }
        return safe(
                name,
                size,
                new Content.Bytes(
                        () -> PictureBytes.of(new SequenceInputStream(new ByteArrayInputStream(first), tar), size),
                        false));
    }

    /** Null at the end, which is not within a record. */
    private TarArchiveEntry following() throws IOException {
        var entry = tar.getNextEntry();
        if (entry == null && tar.getBytesRead() % tar.getRecordSize() != 0) {
            throw new EOFException("it ends within a header");
        }
        return entry;
    }

    private Item safe(String name, OptionalLong size, Content content) {
        return Origin.unsafe(name)
                .map(failure -> origin.broken(ordinal, name, failure))
                .orElseGet(() -> origin.item(ordinal, name, size, content));
    }

    private void readSample() throws IOException {
        var pictures = new ArrayList<Item>();
        var companions = new ArrayList<Item.Companion>();
        var entry = ahead == null ? following() : ahead;
        ahead = null;
        var key = entry == null ? "" : key(entry.getName());
        try {
            while (entry != null && key(entry.getName()).equals(key)) {
                ordinal++;
                last = entry.getName();
                take(entry, pictures, companions);
                entry = following();
            }
        } finally { // what has been read of a sample whose rest is damaged is still there
            for (int at = 0; at < pictures.size(); at++) {
                var item = pictures.get(at);
                sample.add(
                        at > 0
                                ? item
                                : new Item(
                                        item.position(),
                                        item.archive(),
                                        item.member(),
                                        item.size(),
                                        item.content(),
                                        companions));
            }
        }
        ahead = entry;
        ended = entry == null;
    }

    private void take(TarArchiveEntry entry, ArrayList<Item> pictures, ArrayList<Item.Companion> companions)
            throws IOException {
        if (ordinal <= origin.after() || !entry.isFile() || entry.isSymbolicLink() || entry.isLink()) {
            return;
        }
        var name = Origin.plain(entry.getName());
        var picture = PictureSigns.named(name);
        if (!picture && entry.getSize() > MOST_COMPANION_BYTES) {
            origin.leftOut().other(name);
            return;
        }
        if (!picture) {
            companions.add(new Item.Companion(
                    name.substring(Math.min(name.length(), key(name).length() + 1)),
                    tar.readNBytes((int) entry.getSize())));
        } else if (origin.wants(name)) {
            var size = OptionalLong.of(entry.getSize());
            pictures.add(safe(name, size, read(size)));
        }
    }

    private Content read(OptionalLong size) {
        try {
            var bytes = PictureBytes.of(tar, size);
            return new Content.Bytes(() -> bytes, true);
        } catch (ItemException e) {
            return new Content.Broken(e.failure());
        }
    }

    /** Up to the first dot of the last name. */
    static String key(String name) {
        var plain = Origin.plain(name);
        int dot = plain.indexOf('.', plain.lastIndexOf('/') + 1);
        return dot < 0 ? plain : plain.substring(0, dot);
    }

    @Override
    public void close() {
        try {
            tar.close();
        } catch (IOException e) {
            // it was read, and is not wanted any more
        }
    }
}

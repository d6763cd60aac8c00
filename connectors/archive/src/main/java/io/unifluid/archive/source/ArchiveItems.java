package io.unifluid.archive.source;

import io.unifluid.archive.Content;
import io.unifluid.archive.Item;
import io.unifluid.archive.ItemStream;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Position;
import io.unifluid.archive.Selection;
import io.unifluid.client.Failure;
import io.unifluid.client.Why;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** The items of sources, one after the other: files of folders and buckets, and the members of those that have many. */
final class ArchiveItems implements ItemStream {
    private final List<Stored.Tree> sources;
    private final Selection selection;
    private final Urls urls;
    private final Position after;
    private final Wanted wanted;
    private final LeftOut leftOut;
    private final Predicate<String> files;
    private int source;
    private Stored.Listing listing;
    private Members members;
    private Stored current;

    ArchiveItems(
            List<Stored.Tree> sources,
            Selection selection,
            Urls urls,
            Position after,
            LeftOut leftOut,
            Predicate<String> files) {
        this.sources = sources;
        this.selection = selection;
        this.urls = urls;
        this.after = after;
        this.wanted = new Wanted(selection, leftOut);
        this.leftOut = leftOut;
        this.files = files;
        this.source = after.source();
    }

    @Override
    public Item next() throws InterruptedException {
        while (true) {
            if (members != null) {
                var item = members.next();
                if (item != null) {
                    return item;
                }
                closeMembers();
                continue;
            }
            if (listing == null) {
                if (source == sources.size()) {
                    return null;
                }
                listing = sources.get(source).list(source == after.source() ? after.file() : "", leftOut);
            }
            var entry = listing.next();
            if (entry == null) {
                listing.close();
                listing = null;
                source++;
                continue;
            }
            var item = of(entry);
            if (item != null) {
                return item;
            }
        }
    }

    private Item of(Stored.Entry entry) throws InterruptedException {
        switch (entry) {
            case Stored.Entry.Failed(var path, var failure) -> {
                return passed(path, 0) || !files.test(path)
                        ? null
                        : whole(path, new Content.Broken(failure), OptionalLong.empty());
            }
            case Stored.Entry.Found(var file) -> {
                if (!files.test(file.path())) {
                    return null;
                }
                try {
                    var single = file.path().isEmpty();
                    var kind = single ? FileKind.of(file) : FileKind.ofName(file.path(), false);
                    if (kind != FileKind.PICTURE) {
                        open(file, kind);
                        return null;
                    }
                    return passed(file.path(), 0) ? null : picture(file, single);
                } catch (IOException e) {
                    return passed(file.path(), 0)
                            ? null
                            : whole(
                                    file.path(),
                                    new Content.Broken(new Failure(
                                            Failure.UNREADABLE, "The file cannot be read (" + Why.of(e) + ").")),
                                    file.size());
                }
            }
        }
    }

    private Item picture(Stored file, boolean single) throws IOException {
        if (!single && !wanted.wants(file.path())) {
            return null;
        }
        if (!single && !selection.all() && !file.picture()) {
            leftOut.other(file.path());
            return null;
        }
        var uri = selection.byReference() ? file.uri() : Optional.<String>empty();
        return whole(
                file.path(),
                uri.isPresent() ? new Content.Remote(uri.get()) : new Content.Bytes(file::load, true),
                file.size());
    }

    /** A file that is itself the item. */
    private Item whole(String path, Content content, OptionalLong size) {
        var archive = sources.get(source).name();
        return new Item(
                new Position(source, path, 0),
                archive,
                path.isEmpty() ? archive.substring(archive.lastIndexOf('/') + 1) : path,
                size,
                content);
    }

    private boolean passed(String path, long ordinal) {
        return new Position(source, path, ordinal).compareTo(after) <= 0;
    }

    private void open(Stored file, FileKind kind) throws InterruptedException {
        long done = source == after.source() && file.path().equals(after.file()) ? after.ordinal() : 0;
        var origin = new Members.Origin(source, file, done, selection, wanted, leftOut);
        current = file;
        try {
            members = switch (kind) {
                case TAR -> TarMembers.of(origin, false);
                case TAR_GZ -> TarMembers.of(origin, true);
                case ZIP -> ZipMembers.of(origin);
                case PARQUET -> ParquetMembers.of(origin, urls);
                case URLS -> UrlMembers.list(origin, urls);
                case URL_TABLE -> UrlMembers.table(origin, urls);
                case PICTURE -> throw new IllegalStateException("A picture has no members.");
            };
        } catch (EnvironmentProblem e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            members = new OneFailure(
                    done > 0
                            ? null
                            : origin.broken(
                                    1,
                                    "",
                                    new Failure(
                                            e instanceof java.nio.file.FileSystemException
                                                    ? Failure.UNREADABLE
                                                    : Failure.CORRUPT,
                                            "The archive cannot be opened (" + Why.of(e) + ").")));
        }
    }

    private void closeMembers() {
        members.close();
        members = null;
        current.release();
    }

    @Override
    public void close() {
        if (members != null) {
            closeMembers();
        }
        if (listing != null) {
            listing.close();
        }
        urls.close();
    }

    /** In place of the members of a file that cannot be opened. */
    private static final class OneFailure implements Members {
        private Item item;

        OneFailure(Item item) {
            this.item = item;
        }

        @Override
        public Item next() {
            var only = item;
            item = null;
            return only;
        }

        @Override
        public void close() {}
    }
}

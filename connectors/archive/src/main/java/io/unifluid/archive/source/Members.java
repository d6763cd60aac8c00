package io.unifluid.archive.source;

import io.unifluid.archive.Content;
import io.unifluid.archive.Item;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Position;
import io.unifluid.archive.Selection;
import io.unifluid.client.Failure;
import io.unifluid.client.PictureSigns;
import java.util.Optional;
import java.util.OptionalLong;

/** The items of one file that has many. */
interface Members extends AutoCloseable {
    /** The next one, or null at the end. Where the rest of the file is damaged, the last one says so. */
    Item next();

    @Override
    void close();

    /**
     * The file that they come from.
     *
     * @param source number of the source
     * @param after the ordinal up to which they are not wanted
     */
    record Origin(int source, Stored file, long after, Selection selection, Wanted wanted, LeftOut leftOut) {
        Item item(long ordinal, String member, OptionalLong size, Content content) {
            return new Item(new Position(source, file.path(), ordinal), file.name(), member, size, content);
        }

        Item broken(long ordinal, String member, Failure failure) {
            return item(ordinal, member, OptionalLong.empty(), new Content.Broken(failure));
        }

        /** Counts what is not wanted. */
        boolean wants(String member) {
            return wanted.wants(member);
        }

        /** Whether the member is meant as a picture; counts what is none. */
        boolean picture(String member, byte[] first) {
            if (selection.all() || PictureSigns.named(member) || PictureSigns.begins(first)) {
                return true;
            }
            leftOut.other(member);
            return false;
        }

        /** A name that would lie elsewhere than in the archive once it is unpacked. */
        static Optional<Failure> unsafe(String name) {
            boolean out = name.startsWith("/")
                    || name.startsWith("\\")
                    || name.matches("(?s)[A-Za-z]:[\\\\/].*")
                    || name.indexOf('\0') >= 0
                    || ("/" + name.replace('\\', '/') + "/").contains("/../");
            return out
                    ? Optional.of(new Failure(
                            Failure.UNSAFE_NAME,
                            "The name leads out of the archive: pack it again with names below one folder."))
                    : Optional.empty();
        }

        /** Without the leading {@code ./} that tar writes. */
        static String plain(String name) {
            return name.startsWith("./") ? plain(name.substring(2)) : name;
        }
    }
}

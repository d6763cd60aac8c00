package io.unifluid.archive;

/**
 * An archive of pictures: folders, tar and zip files, WebDataset shards, Parquet, lists of URLs, prefixes of S3. Its items
 * come in a stable order, each with a place that is the same whenever the archive is. A corrupt member is an item that
 * says so, and so is the rest of a corrupt shard; what is no picture is counted.
 */
public interface ArchiveReader {
    /** The archive in words that are the same on every run, for example to refuse another one. */
    String name();

    /**
     * @param after the items up to this one may be left out; what comes later may not
     * @param leftOut counts what is no item
     */
    ItemStream open(Position after, LeftOut leftOut);

    /** Whether the items can be counted without reading the whole archive. */
    boolean countable();
}

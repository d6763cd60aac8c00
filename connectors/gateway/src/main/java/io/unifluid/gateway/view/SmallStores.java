package io.unifluid.gateway.view;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/** RocksDB in 32 MiB for all partitions of the process together, in place of about 100 MiB for each. */
public final class SmallStores implements RocksDBConfigSetter {
    private static final long ALL = 32L << 20;
    private static final long WRITTEN = 16L << 20;
    private static final long ONE = 4L << 20;
    private static final int BITS_PER_KEY = 10;

    static {
        RocksDB.loadLibrary();
    }

    // Process-wide and never closed: every store of the process shares them.
    private static final Cache CACHE = new LRUCache(ALL);
    private static final WriteBufferManager BUFFERS = new WriteBufferManager(WRITTEN, CACHE);
    private static final BloomFilter FILTER = new BloomFilter(BITS_PER_KEY);

    /** For a store that is opened by hand; the caller closes them. */
    public static Options options() {
        return small(new Options().setTableFormatConfig(new BlockBasedTableConfig()));
    }

    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
        small(options);
    }

    private static Options small(Options options) {
        var table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(CACHE);
        table.setCacheIndexAndFilterBlocks(true);
        table.setFilterPolicy(FILTER);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(BUFFERS);
        options.setWriteBufferSize(ONE);
        return options.setCompressionType(CompressionType.LZ4_COMPRESSION);
    }

    @Override
    public void close(String store, Options options) {
        // Nothing here belongs to one store.
    }
}

package io.unifluid.inference.ort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The libraries that an ELF file (64 bits, little endian) names as needed, in its order; see elf(5). */
final class ElfNeeds {
    private static final int PROGRAM_HEADERS = 32;
    private static final int PROGRAM_HEADER_SIZE = 54;
    private static final int LOAD = 1;
    private static final int DYNAMIC = 2;
    private static final int NEEDED = 1;
    private static final int STRINGS = 5;

    private final FileChannel file;

    private ElfNeeds(FileChannel file) {
        this.file = file;
    }

    static List<String> of(Path path) throws IOException {
        try (var file = FileChannel.open(path)) {
            return new ElfNeeds(file).names();
        }
    }

    private List<String> names() throws IOException {
        var header = read(0, 64);
        long table = header.getLong(PROGRAM_HEADERS);
        int size = header.getShort(PROGRAM_HEADER_SIZE);
        int count = header.getShort(PROGRAM_HEADER_SIZE + 2);
        var needed = new ArrayList<Long>();
        long strings = 0;
        for (int i = 0; i < count; i++) {
            var segment = read(table + (long) i * size, size);
            if (segment.getInt(0) == DYNAMIC) {
                var dynamic = read(segment.getLong(8), (int) segment.getLong(32));
                while (dynamic.remaining() >= 16) {
                    long tag = dynamic.getLong();
                    long value = dynamic.getLong();
                    if (tag == NEEDED) {
                        needed.add(value);
                    } else if (tag == STRINGS) {
                        strings = value;
                    }
                }
            }
        }
        long at = inFile(strings, table, size, count);
        var names = new ArrayList<String>();
        for (long offset : needed) {
            names.add(text(at + offset));
        }
        return names;
    }

    /** Where in the file lies what is loaded at this address. */
    private long inFile(long address, long table, int size, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            var segment = read(table + (long) i * size, size);
            long start = segment.getLong(16);
            if (segment.getInt(0) == LOAD && address >= start && address < start + segment.getLong(32)) {
                return address - start + segment.getLong(8);
            }
        }
        throw new IOException("no segment holds the address " + address);
    }

    private String text(long at) throws IOException {
        var bytes = read(at, 256);
        int end = 0;
        while (bytes.get(end) != 0) {
            end++;
        }
        return new String(bytes.array(), 0, end, java.nio.charset.StandardCharsets.US_ASCII);
    }

    private ByteBuffer read(long at, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && file.read(buffer, at + buffer.position()) >= 0) {
            // until it is full
        }
        return buffer.flip();
    }
}

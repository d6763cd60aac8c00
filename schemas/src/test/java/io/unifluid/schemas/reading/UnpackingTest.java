package io.unifluid.schemas.reading;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecord;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.ByteUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnpackingTest {
    private static final int MIB = 1024 * 1024;
    private static final int BASE = 1000;

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void soundRecordsAreAsKafkaReadsThem(CompressionType codec) {
        var sent = IntStream.range(0, 300)
                .mapToObj(i -> new SimpleRecord(
                        5_000 + i,
                        i % 7 == 0 ? null : utf8("key" + i),
                        i % 5 == 0 ? null : new byte[i * 11],
                        i % 3 == 0
                                ? new Header[0]
                                : new Header[] {new RecordHeader("a", utf8("b")), new RecordHeader("c", null)}))
                .toArray(SimpleRecord[]::new);
        var records = MemoryRecords.withRecords(BASE, Compression.of(codec).build(), sent);

        var plain = new ArrayList<Record>();
        records.batches().forEach(batch -> {
            try (var all = batch.streamingIterator(BufferSupplier.NO_CACHING)) {
                all.forEachRemaining(plain::add);
            }
        });

        assertThat(unpacked(records)).isEqualTo(plain).hasSize(300);
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD", "LZ4", "SNAPPY"})
    void ofALargerRecordTheHeadStaysAndTheNextOneIsWhole(CompressionType codec) {
        var batch = new Batch(codec)
                .add(1, new byte[20 * MIB], new byte[20 * MIB], new Header[0])
                .add(2, utf8("key"), utf8("value"), new Header[] {new RecordHeader("h", utf8("v"))});

        var records = unpacked(batch.build());

        assertThat(records).hasSize(2);
        var cut = records.getFirst();
        assertThat(cut.offset()).isEqualTo(BASE);
        assertThat(cut.keySize()).isEqualTo(ReadLimits.HEAD);
        assertThat(cut.valueSize()).isEqualTo(ReadLimits.HEAD);
        assertThat(note(cut, RecordHeaders.DLQ_KEY_BYTES)).isEqualTo(Integer.toString(20 * MIB));
        assertThat(note(cut, RecordHeaders.DLQ_VALUE_BYTES)).isEqualTo(Integer.toString(20 * MIB));
        assertThat(note(cut, RecordHeaders.DLQ_VALUE_SHA256)).isEqualTo(sha256(new byte[20 * MIB]));
        assertThat(note(cut, RecordHeaders.DLQ_REASON)).isNull();
        var whole = records.getLast();
        assertThat(whole.offset()).isEqualTo(BASE + 1);
        assertThat(text(whole.value())).isEqualTo("value");
        assertThat(whole.headers()).containsExactly(new RecordHeader("h", utf8("v")));
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD", "LZ4", "SNAPPY"})
    void whereABatchUnpacksToTooMuchOneRecordStandsForTheRest(CompressionType codec) {
        var batch = new Batch(codec);
        for (int i = 0; i < 40; i++) {
            batch.add(i, utf8("key" + i), new byte[6 * MIB], new Header[0]);
        }

        var records = unpacked(batch.build());

        int whole = (int) (ReadLimits.BATCH / (6 * MIB + 150));
        assertThat(records).hasSize(whole + 1);
        assertThat(records.subList(0, whole)).allSatisfy(record -> {
            assertThat(record.valueSize()).isEqualTo(6 * MIB);
            assertThat(record.headers()).isEmpty();
        });
        var rest = records.getLast();
        assertThat(rest.offset()).isEqualTo(BASE + whole);
        assertThat(text(rest.key())).isEqualTo("key" + whole);
        assertThat(note(rest, RecordHeaders.DLQ_REASON)).contains("unpacks to more than");
        assertThat(note(rest, RecordHeaders.DLQ_RECORDS_MISSING)).isEqualTo(Integer.toString(40 - whole - 1));
    }

    @Test
    void recordsOfNothingCountToo() {
        var batch = new Batch(CompressionType.ZSTD);
        for (int i = 0; i < 2_000_000; i++) {
            batch.add(i, null, null, new Header[0]);
        }

        assertThat(unpacked(batch.build()))
                .hasSizeLessThan(1_300_000)
                .last()
                .satisfies(rest -> assertThat(note(rest, RecordHeaders.DLQ_RECORDS_MISSING))
                        .isNotNull());
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "ZSTD"})
    void ofManyHeadersTheFirstStay(CompressionType codec) {
        var many = new Header[5_000];
        Arrays.setAll(many, i -> new RecordHeader("h" + i, null));
        var batch = new Batch(codec).add(0, utf8("key"), utf8("value"), many).add(1, null, null, many);

        assertThat(unpacked(batch.build())).hasSize(2).allSatisfy(record -> {
            assertThat(record.headers()).hasSize(ReadLimits.HEADERS + 1);
            assertThat(note(record, RecordHeaders.DLQ_HEADERS_MISSING))
                    .isEqualTo(Integer.toString(5_000 - ReadLimits.HEADERS));
        });
    }

    @Test
    void aRecordWithoutKeyAndValueCannotBringMegabytesOfHeaders() {
        var headers = new Header[] {new RecordHeader("large", new byte[5 * MIB]), new RecordHeader("small", null)};
        var records = unpacked(
                new Batch(CompressionType.NONE).add(0, null, null, headers).build());

        assertThat(records.getFirst().headers()).hasSize(2);
        assertThat(note(records.getFirst(), RecordHeaders.DLQ_HEADERS_MISSING)).isEqualTo("1");
    }

    @Test
    void aRecordThatLiesAboutItsLengthEndsItsBatch() {
        for (int more : new int[] {-1, 1, 100, 2_000_000_000}) {
            var batch = new Batch(CompressionType.ZSTD)
                    .add(0, utf8("key"), utf8("value"), new Header[0])
                    .lying(more)
                    .add(2, utf8("key"), utf8("value"), new Header[0]);

            assertDamagedAt(1, unpacked(batch.build()), 3);
        }
    }

    /** With a sum that is right, as its sender can make it. */
    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD", "LZ4", "SNAPPY"})
    void aStreamThatIsTruncatedOrNoStreamEndsItsBatch(CompressionType codec) {
        var batch = new Batch(codec);
        var noise = new byte[200_000];
        new java.util.Random(7).nextBytes(noise);
        for (int i = 0; i < 4; i++) {
            batch.add(i, utf8("key"), noise, new Header[0]);
        }
        byte[] whole = batch.bytes();

        var half = unpacked(batch.headed(Arrays.copyOf(whole, whole.length / 2)));
        assertThat(half).isNotEmpty().hasSizeLessThan(4);
        assertDamagedAt(half.size() - 1, half, 4);
        for (int bytes : new int[] {DefaultRecordBatch.RECORD_BATCH_OVERHEAD, 70, 90}) {
            assertDamagedAt(0, unpacked(batch.headed(Arrays.copyOf(whole, bytes))), 4);
        }
        var junk = whole.clone();
        System.arraycopy(noise, 0, junk, DefaultRecordBatch.RECORD_BATCH_OVERHEAD, 1_000);
        assertDamagedAt(0, unpacked(batch.headed(junk)), 4);
    }

    @Test
    void aPieceOfSnappyThatIsTooLargeIsNotUnpacked() {
        var raw = ByteBuffer.allocate(DefaultRecordBatch.RECORD_BATCH_OVERHEAD + 5);
        raw.position(DefaultRecordBatch.RECORD_BATCH_OVERHEAD);
        ByteUtils.writeUnsignedVarint(400 * MIB, raw);

        var records = unpacked(new Batch(CompressionType.SNAPPY)
                .add(0, null, null, new Header[0])
                .headed(raw.array()));

        assertThat(records).hasSize(1);
        assertThat(note(records.getFirst(), RecordHeaders.DLQ_REASON)).contains("pieces");
    }

    @Test
    void recordsAreWeighedAsTheyAreUnpacked() {
        var budget = new PollBudget(10 * MIB);
        var values = budget.around((topic, bytes) -> bytes);
        var records = MemoryRecords.withRecords(
                Compression.NONE,
                IntStream.range(0, 4)
                        .mapToObj(i -> new SimpleRecord(new byte[Topics.MAX_RECORD_BYTES / 2]))
                        .toArray(SimpleRecord[]::new));
        int polls = 0;
        var batch = new BoundedRecords(records, budget).batches().iterator().next();
        try (var all = batch.streamingIterator(BufferSupplier.NO_CACHING)) {
            while (all.hasNext()) {
                var record = all.next();
                try {
                    values.deserialize("t", null, record.value());
                } catch (org.apache.kafka.common.errors.SerializationException e) {
                    polls++;
                    budget.newPoll();
                    assertThat(values.deserialize("t", null, record.value())).isNotNull();
                }
            }
        }

        assertThat(polls).as("of two records each").isEqualTo(1);
    }

    private static void assertDamagedAt(int index, List<Record> records, int sent) {
        assertThat(records).hasSize(index + 1);
        var rest = records.getLast();
        assertThat(rest.offset()).isEqualTo(BASE + index);
        assertThat(note(rest, RecordHeaders.DLQ_REASON)).contains("cannot be unpacked");
        assertThat(note(rest, RecordHeaders.DLQ_RECORDS_MISSING))
                .isEqualTo(index + 1 == sent ? null : Integer.toString(sent - index - 1));
    }

    private static List<Record> unpacked(MemoryRecords records) {
        var all = new ArrayList<Record>();
        for (var batch : new BoundedRecords(records, new PollBudget(MIB)).batches()) {
            try (var iterator = batch.streamingIterator(BufferSupplier.create())) {
                iterator.forEachRemaining(all::add);
            }
        }
        return all;
    }

    private static String note(Record record, String name) {
        return Arrays.stream(record.headers())
                .filter(header -> header.key().equals(name))
                .filter(ReaderNote.class::isInstance)
                .map(header -> ((ReaderNote) header).text())
                .findFirst()
                .orElse(null);
    }

    private static String sha256(byte[] bytes) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(
                            java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A batch as a sender may make it, whatever it says. */
    private static final class Batch {
        private final CompressionType codec;
        private final ByteBufferOutputStream bytes = new ByteBufferOutputStream(1024);
        private final DataOutputStream out;
        private int count;

        Batch(CompressionType codec) {
            this.codec = codec;
            bytes.position(DefaultRecordBatch.RECORD_BATCH_OVERHEAD);
            out = new DataOutputStream(Compression.of(codec).build().wrapForOutput(bytes, RecordBatch.MAGIC_VALUE_V2));
        }

        Batch add(int offset, byte[] key, byte[] value, Header[] headers) {
            try {
                DefaultRecord.writeTo(
                        out,
                        count++,
                        0,
                        key == null ? null : ByteBuffer.wrap(key),
                        value == null ? null : ByteBuffer.wrap(value),
                        headers);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return this;
        }

        /** A record of which the length says so much more than it has. */
        Batch lying(int more) {
            try {
                ByteUtils.writeVarint(6 + more, out);
                out.write(new byte[] {0, 0, (byte) (2 * count++), 1, 1, 0});
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return this;
        }

        byte[] bytes() {
            try {
                out.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return Arrays.copyOf(bytes.buffer().array(), bytes.position());
        }

        MemoryRecords build() {
            return headed(bytes());
        }

        /** These bytes, behind this batch's header. */
        MemoryRecords headed(byte[] batch) {
            var buffer = ByteBuffer.wrap(batch);
            DefaultRecordBatch.writeHeader(
                    buffer,
                    BASE,
                    count - 1,
                    batch.length,
                    RecordBatch.MAGIC_VALUE_V2,
                    codec,
                    TimestampType.CREATE_TIME,
                    5_000,
                    5_000,
                    RecordBatch.NO_PRODUCER_ID,
                    RecordBatch.NO_PRODUCER_EPOCH,
                    RecordBatch.NO_SEQUENCE,
                    false,
                    false,
                    false,
                    0,
                    count);
            buffer.position(0);
            return MemoryRecords.readableRecords(buffer);
        }
    }
}

package io.unifluid.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AotCacheTest {
    private static final String WRITES = "-XX:AOTCacheOutput=";
    private static final String READS = "-XX:AOTCache=";

    @TempDir
    Path folder;

    @Test
    void aRunWritesTheCacheThatTheNextOneReads() throws Exception {
        var jar = jar("a program");
        var first = cache(jar).readOrWritten();
        assertThat(first).singleElement().asString().startsWith(WRITES);

        write(first, 1);

        assertThat(cache(jar).readOrWritten()).singleElement().asString().startsWith(READS);
        assertThat(cache(jar).read()).singleElement().asString().startsWith(READS);
    }

    @Test
    void aProgramThatOnlyReadsWritesNone() throws Exception {
        assertThat(cache(jar("a program")).read()).isEmpty();
    }

    @Test
    void aCacheOfAnEarlierBuildIsReplaced() throws Exception {
        var earlier = cache(jar("a program")).readOrWritten();
        write(earlier, 1);

        var later = cache(jar("a program that grew")).readOrWritten();

        assertThat(later).isNotEqualTo(earlier).singleElement().asString().startsWith(WRITES);
        assertThat(file(earlier)).doesNotExist();
    }

    @Test
    void aCacheOfAnotherProgramStays() throws Exception {
        var other = new AotCache(folder, "worker-2", List.of(jar("a program")), Collector.SERIAL).readOrWritten();
        write(other, 1);

        new AotCache(folder, "worker", List.of(jar("a program that grew")), Collector.SERIAL).readOrWritten();

        assertThat(file(other)).exists();
    }

    @Test
    void whatTheJvmWasKilledOverIsWrittenAgain() throws Exception {
        var jar = jar("a program");
        write(cache(jar).readOrWritten(), 0);

        assertThat(cache(jar).readOrWritten()).singleElement().asString().startsWith(WRITES);
    }

    /** The head was there already; the JVM crashed over the rest at each start. */
    @Test
    void whatTheJvmStillMakesIsNotRead() throws Exception {
        var jar = jar("a program");
        var killed = cache(jar).readOrWritten();
        write(killed, 1);
        var made = Files.createFile(Path.of(file(killed) + ".config"));

        assertThat(cache(jar).read()).isEmpty();
        assertThat(cache(jar).readOrWritten()).singleElement().asString().startsWith(WRITES);
        assertThat(made).doesNotExist();
    }

    @Test
    void aFolderSaysWhetherOneIsStillToBeWritten() throws Exception {
        assertThat(AotCache.anyUnwritten(folder.resolve("none"))).isFalse();
        var options = cache(jar("a program")).readOrWritten();
        var recorded = Files.createFile(Path.of(file(options) + ".config"));
        assertThat(AotCache.anyUnwritten(folder)).isTrue();

        Files.delete(recorded);
        write(options, 1);

        assertThat(AotCache.anyUnwritten(folder)).isFalse();
    }

    private AotCache cache(Path jar) {
        return new AotCache(folder, "streams", List.of(jar), Collector.SERIAL);
    }

    private Path jar(String content) throws IOException {
        return Files.writeString(folder.resolve("app.jar"), content);
    }

    /** What the JVM would write at its end. */
    private static void write(List<String> options, int first) throws IOException {
        Files.write(file(options), new byte[] {(byte) first, 0, 0, 0, 7});
    }

    private static Path file(List<String> options) {
        return Path.of(options.getFirst().split("=", 2)[1]);
    }
}

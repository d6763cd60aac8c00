package io.unifluid.archive.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.unifluid.archive.Items;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Position;
import io.unifluid.archive.Python;
import io.unifluid.archive.Selection;
import io.unifluid.archive.Tool;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives as people and the usual tools make them, good and bad. */
final class ArchivesTest {
    private static final byte[] PNG = "\u0089PNG\r\n\u001a\n and more of it".getBytes(StandardCharsets.ISO_8859_1);

    @TempDir
    private Path scratch;

    private Path folder;

    @BeforeEach
    void ownFolder() throws Exception {
        folder = Files.createDirectory(scratch.resolve("pictures"));
    }

    private Path picture(String name) throws Exception {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes(name));
    }

    private static byte[] bytes(String more) {
        return (new String(PNG, StandardCharsets.ISO_8859_1) + more).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Selection links() {
        return new Selection(List.of(), List.of(), false, true, false, Optional.empty(), false, false);
    }

    @Test
    void aFolderIsReadInTheOrderOfItsPathsAndWhatIsNoPictureIsCounted() throws Exception {
        for (var name : List.of("b.png", "a/z.jpg", "a/b/c.PNG", "a-b.webp", "noext", ".hidden.png", ".git/x.png")) {
            picture(name);
        }
        Files.writeString(folder.resolve("a.txt"), "no picture");
        Files.writeString(folder.resolve("wrong.jpg"), "no picture either, but called one");
        Files.createSymbolicLink(folder.resolve("link.png"), Path.of("b.png"));
        var leftOut = new LeftOut();

        var seen =
                Items.of(Archives.of(List.of(folder.toString()), Selection.PICTURES, false), Position.START, leftOut);

        assertThat(Items.members(seen))
                .containsExactly("a-b.webp", "a/b/c.PNG", "a/z.jpg", "b.png", "noext", "wrong.jpg");
        assertThat(seen).isSortedAccordingTo((one, other) -> one.position().compareTo(other.position()));
        assertThat(Items.broken(seen)).isEmpty();
        assertThat(leftOut.sentence()).contains("left out: 1 that is no picture (1 .txt), 2 hidden, 1 link");
    }

    @Test
    void patternsAndHiddenFilesAreByChoice() throws Exception {
        for (var name : List.of("train/a.png", "train/b.jpg", "test/a.png", ".hidden.png")) {
            picture(name);
        }
        var selection = new Selection(
                List.of("train/**", "*.png"), List.of("{b,c}.*"), true, false, false, Optional.empty(), false, false);
        assertThat(Items.members(Items.of(selection, folder)))
                .containsExactly(".hidden.png", "test/a.png", "train/a.png");
    }

    @Test
    void namesOfAllKindsAreNames() throws Exception {
        var names = List.of(
                "with space.png",
                "with 'quote' and \"two\".png",
                "line\nbreak.png",
                "-rf.png",
                Normalizer.normalize("e\u0301tude \u00fc.png", Normalizer.Form.NFD),
                "\ud83d\ude80.png",
                "\uff5e.png",
                "UPPER.JPEG");
        for (var name : names) {
            picture(name);
        }
        var direct = Items.of(folder);
        assertThat(Items.members(direct)).containsExactlyInAnyOrderElementsOf(names);
        Tool.run(folder, "tar", "-cf", scratch.resolve("names.tar").toString(), ".");
        var packed = Items.of(scratch.resolve("names.tar"));
        assertThat(Items.members(packed)).containsExactlyInAnyOrderElementsOf(names);
        assertThat(packed.stream().map(Items.Seen::became))
                .containsExactlyInAnyOrderElementsOf(
                        direct.stream().map(Items.Seen::became).toList());
    }

    @Test
    void linksStayInTheFolderAndLoopsEnd() throws Exception {
        picture("a.png");
        picture("deep/b.png");
        Files.write(scratch.resolve("outside.png"), PNG);
        Files.createDirectory(scratch.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("alias.png"), Path.of("a.png"));
        Files.createSymbolicLink(folder.resolve("out.png"), Path.of("../outside.png"));
        Files.createSymbolicLink(folder.resolve("outfolder"), Path.of("../elsewhere"));
        Files.createSymbolicLink(folder.resolve("loop"), Path.of("."));
        Files.createSymbolicLink(folder.resolve("deep/up"), Path.of(".."));
        Files.createSymbolicLink(folder.resolve("one.png"), Path.of("two.png"));
        Files.createSymbolicLink(folder.resolve("two.png"), Path.of("one.png"));
        Files.createSymbolicLink(folder.resolve("again"), Path.of("deep"));

        var seen = Items.of(links(), folder);

        assertThat(Items.members(seen))
                .containsExactly(
                        "a.png",
                        "again/b.png",
                        "alias.png",
                        "deep/b.png",
                        "one.png",
                        "out.png",
                        "outfolder",
                        "two.png");
        assertThat(Items.broken(seen))
                .hasSize(4)
                .anyMatch(
                        said -> said.startsWith("out.png UNREADABLE: The link leads out of the archive's folder, to "))
                .anyMatch(said -> said.startsWith("outfolder UNREADABLE: The link leads out of"))
                .anyMatch(said -> said.startsWith("one.png UNREADABLE: The link leads to nothing"));
    }

    @Test
    void whatCannotBeReadIsAnErrorOfThatItem() throws Exception {
        picture("a.png");
        Files.write(folder.resolve("empty.png"), new byte[0]);
        try (var large =
                new java.io.RandomAccessFile(folder.resolve("large.png").toFile(), "rw")) {
            large.setLength((20L << 20) + 1);
        }
        var seen = Items.of(folder);
        assertThat(Items.broken(seen))
                .containsExactly(
                        "empty.png EMPTY: The picture has no bytes at all.",
                        "large.png TOO_LARGE: The picture has 20.0 MiB, more than the 20 MiB that a worker takes: make it smaller.");
        assertThat(seen).hasSize(3);
    }

    /** In a process that may not read everything, which root may. */
    @Test
    void aFileAndAFolderWithoutTheRightToReadThemAreErrorsOfTheirOwn() throws Exception {
        picture("a.png");
        var file = picture("b.png");
        var below = picture("c/below.png").getParent();
        picture("d.png");
        Files.setPosixFilePermissions(file, Set.of());
        Files.setPosixFilePermissions(below, Set.of());
        var rights = "-dac_override,-dac_read_search";
        var said = Tool.run(
                folder,
                "setpriv",
                "--bounding-set=" + rights,
                "--inh-caps=" + rights,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.unifluid.archive.Listing",
                folder.toString());
        Files.setPosixFilePermissions(below, PosixFilePermissions.fromString("rwx------"));

        assertThat(said.lines().filter(line -> line.matches("[a-d]\\S* .*")))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("a.png read"),
                        line -> assertThat(line).startsWith("b.png UNREADABLE: "),
                        line -> assertThat(line).startsWith("c/ UNREADABLE: "),
                        line -> assertThat(line).isEqualTo("d.png read"));
    }

    @Test
    void tarAndGzipAreReadAlikeAndFromAnyPlace() throws Exception {
        for (int i = 0; i < 20; i++) {
            picture("d/" + i + ".png");
        }
        Files.writeString(folder.resolve("notes.txt"), "no picture");
        Tool.run(folder, "tar", "-cf", scratch.resolve("a.tar").toString(), "d", "notes.txt");
        Tool.run(folder, "tar", "-czf", scratch.resolve("a.tgz").toString(), "d", "notes.txt");
        Tool.run(folder, "zip", "-qr", scratch.resolve("a.zip").toString(), ".");
        var tar = Items.of(scratch.resolve("a.tar"));
        var gz = Items.of(scratch.resolve("a.tgz"));
        var zip = Items.of(scratch.resolve("a.zip"));
        assertThat(tar).hasSize(20);
        assertThat(Items.members(gz)).isEqualTo(Items.members(tar));
        assertThat(Items.members(zip)).containsExactlyInAnyOrderElementsOf(Items.members(tar));
        assertThat(zip.stream().map(Items.Seen::became).toList())
                .containsExactlyInAnyOrderElementsOf(
                        tar.stream().map(Items.Seen::became).toList());

        for (var name : List.of("a.tar", "a.tgz", "a.zip")) {
            var all = Items.of(scratch.resolve(name));
            for (int at = 0; at < all.size(); at++) {
                var rest = Items.of(
                        Archives.of(List.of(scratch.resolve(name).toString()), Selection.PICTURES, false),
                        all.get(at).position(),
                        new LeftOut());
                assertThat(rest).isEqualTo(all.subList(at + 1, all.size()));
            }
        }
    }

    @Test
    void aFolderOfShardsIsReadThrough() throws Exception {
        for (int i = 0; i < 6; i++) {
            picture("d/" + i + ".png");
        }
        var shards = Files.createDirectory(scratch.resolve("shards"));
        Tool.run(folder, "tar", "-cf", shards.resolve("00000.tar").toString(), "d/0.png", "d/1.png", "d/2.png");
        Tool.run(folder, "tar", "-cf", shards.resolve("00001.tar").toString(), "d/3.png", "d/4.png", "d/5.png");
        Files.write(shards.resolve("loose.png"), PNG);

        var whole = Items.of(shards);
        assertThat(Items.members(whole))
                .containsExactly("d/0.png", "d/1.png", "d/2.png", "d/3.png", "d/4.png", "d/5.png", "loose.png");
        assertThat(whole.get(0).archive()).endsWith("00000.tar");
        for (var at : whole) {
            var rest = Items.of(
                    Archives.of(List.of(shards.toString()), Selection.PICTURES, false), at.position(), new LeftOut());
            assertThat(rest).isEqualTo(whole.subList(whole.indexOf(at) + 1, whole.size()));
        }
        var braces = Archives.of(List.of(shards + "/{00000..00001}.tar"), Selection.PICTURES, false);
        assertThat(Items.of(braces, Position.START, new LeftOut())).hasSize(6);
        var stars = Archives.of(List.of(shards + "/*.tar"), Selection.PICTURES, false);
        assertThat(Items.of(stars, Position.START, new LeftOut())).hasSize(6);
    }

    @Test
    void theRestOfADamagedArchiveIsOneErrorAndTheNextArchiveIsRead() throws Exception {
        for (int i = 0; i < 6; i++) {
            picture("d/" + i + ".png");
        }
        var shards = Files.createDirectory(scratch.resolve("shards"));
        var good = shards.resolve("b.tar");
        Tool.run(folder, "tar", "-cf", good.toString(), "d");
        var bytes = Files.readAllBytes(good);
        // d/, then a header and a block for each: the third header is no header.
        var broken = bytes.clone();
        Arrays.fill(broken, 512 * 5, 512 * 6, (byte) 'x');
        Files.write(shards.resolve("a.tar"), broken);
        Files.write(shards.resolve("c.tar"), Arrays.copyOf(bytes, 512 * 4 + 100));
        try (OutputStream out = Files.newOutputStream(shards.resolve("d.tar.gz"))) {
            var packed = new java.io.ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(packed)) {
                gzip.write(bytes);
            }
            out.write(packed.toByteArray(), 0, packed.size() / 2);
        }
        Files.writeString(shards.resolve("e.zip"), "this is no zip");
        Files.writeString(shards.resolve("f.tar.gz"), "this is no gzip");
        Files.write(shards.resolve("g.parquet"), new byte[] {'P', 'A', 'R', '1', 0, 0});
        Files.write(shards.resolve("h.tar"), new byte[0]);
        Files.write(shards.resolve("i.tar"), Arrays.copyOf(bytes, 512 * 3 + 100)); // within a header
        picture("../shards/z.png");

        var seen = Items.of(shards);

        assertThat(seen.stream().filter(item -> item.archive().endsWith("b.tar")))
                .hasSize(6);
        assertThat(Items.members(seen)).endsWith("z.png");
        for (var name : List.of("a.tar", "c.tar", "d.tar.gz", "e.zip", "f.tar.gz", "g.parquet", "i.tar")) {
            assertThat(seen.stream().filter(item -> item.archive().endsWith("/" + name) && item.broken()))
                    .as(name + " in " + Items.broken(seen))
                    .hasSize(1);
        }
        assertThat(seen.stream().filter(item -> item.archive().endsWith("a.tar") && !item.broken()))
                .hasSize(2);
        assertThat(Items.broken(seen))
                .anyMatch(said -> said.contains("CORRUPT: The archive is damaged after the member d/"));
    }

    @Test
    void aZipKeepsItsNamesInItsOwnFolder() throws Exception {
        var file = scratch.resolve("bad.zip");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (var name : List.of(
                    "good.png", "../out.png", "/etc/passwd.png", "a/../../b.png", "C:\\x.png", "a..b/fine..png")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(PNG);
            }
        }
        var seen = Items.of(file);
        assertThat(Items.broken(seen))
                .hasSize(4)
                .allMatch(said -> said.contains(
                        "UNSAFE_NAME: The name leads out of the archive: pack it again with names below one folder."));
        assertThat(seen).hasSize(6);
    }

    @Test
    void aDamagedMemberOfAZipIsAnErrorOfItsOwn() throws Exception {
        var file = scratch.resolve("bad.zip");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setMethod(ZipOutputStream.DEFLATED);
            zip.setLevel(0);
            for (var name : List.of("a.png", "b.png", "c.png")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write((new String(PNG, StandardCharsets.ISO_8859_1) + "MARK" + name)
                        .getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        var bytes = Files.readAllBytes(file);
        var text = new String(bytes, StandardCharsets.ISO_8859_1);
        bytes[text.indexOf("MARKb")] = 'm';
        Files.write(file, bytes);
        var seen = Items.of(file);
        assertThat(Items.members(seen)).containsExactly("a.png", "b.png", "c.png");
        assertThat(Items.broken(seen)).hasSize(1).allMatch(said -> said.startsWith("b.png CORRUPT"));
    }

    @Test
    void membersOfOneNameAreTwoItems() throws Exception {
        picture("a.png");
        var tar = scratch.resolve("twice.tar").toString();
        Tool.run(folder, "tar", "-cf", tar, "a.png");
        Files.write(folder.resolve("a.png"), PNG);
        Tool.run(folder, "tar", "-rf", tar, "a.png");
        var archive = Archives.of(List.of(tar), Selection.PICTURES, false);
        var ids = new ArrayList<String>();
        try (var items = archive.open(Position.START, new LeftOut())) {
            for (var item = items.next(); item != null; item = items.next()) {
                ids.add(item.id("caption"));
            }
        }
        assertThat(ids).hasSize(2).doesNotHaveDuplicates();
        assertThat(Items.of(Path.of(tar)).stream().map(Items.Seen::became)).doesNotHaveDuplicates();
    }

    @Test
    void aSampleOfAShardKeepsItsOtherMembers() throws Exception {
        picture("000.jpg");
        picture("001.left.png");
        picture("001.right.png");
        for (var name : List.of("000.txt", "000.json", "001.txt")) {
            Files.writeString(folder.resolve(name), name);
        }
        var tar = scratch.resolve("shard.tar").toString();
        Tool.run(
                folder,
                "tar",
                "--sort=name",
                "-cf",
                tar,
                "000.jpg",
                "000.json",
                "000.txt",
                "001.left.png",
                "001.right.png",
                "001.txt");
        var archive = Archives.of(List.of(tar), Selection.PICTURES.withCompanions(), false);
        var companions = new ArrayList<String>();
        try (var items = archive.open(Position.START, new LeftOut())) {
            for (var item = items.next(); item != null; item = items.next()) {
                companions.add(item.member() + " "
                        + item.companions().stream().map(c -> c.extension()).toList());
            }
        }
        assertThat(companions).containsExactly("000.jpg [json, txt]", "001.left.png [txt]", "001.right.png []");
    }

    @Test
    void listsOfUrlsAreFetchedOrSentOn() throws Exception {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var busy = new AtomicInteger(2);
        server.createContext("/", exchange -> {
            int code = exchange.getRequestURI().getPath().contains("gone")
                    ? 404
                    : exchange.getRequestURI().getPath().contains("busy") && busy.getAndDecrement() > 0 ? 503 : 200;
            exchange.sendResponseHeaders(code, PNG.length);
            try (var out = exchange.getResponseBody()) {
                out.write(PNG);
            }
        });
        server.start();
        try {
            var host = "http://127.0.0.1:" + server.getAddress().getPort();
            var list = Files.writeString(
                    scratch.resolve("urls.txt"),
                    "\ufeff# pictures\n" + host + "/a.png\n\n" + host + "/gone.png\r\n" + host
                            + "/busy.png\nfile:///etc/passwd\nnot a url\n");
            var seen = Items.of(list);
            assertThat(Items.members(seen))
                    .containsExactly(
                            host + "/a.png", host + "/gone.png", host + "/busy.png", "file:///etc/passwd", "not a url");
            assertThat(Items.broken(seen))
                    .hasSize(3)
                    .anyMatch(said -> said.contains("gone.png UNREADABLE: The server 127.0.0.1 answered 404"));

            var table = Files.writeString(
                    scratch.resolve("urls.csv"),
                    "id,url,text\n1," + host + "/a.png,\"two\nlines, and a \"\"quote\"\"\"\n2," + host
                            + "/b.png,x\n3\n");
            assertThat(Items.members(Items.of(table))).containsExactly(host + "/a.png", host + "/b.png");

            var closed = Items.of(
                    Archives.of(List.of(list.toString()), Selection.PICTURES, false), Position.START, new LeftOut());
            assertThat(closed.getFirst().became()).contains("not on the public internet");

            var sentOn = new Selection(List.of(), List.of(), false, false, false, Optional.of("url"), true, false);
            assertThat(Items.of(sentOn, table).getFirst().became()).startsWith("at http");

            var wrong = new Selection(List.of(), List.of(), false, false, false, Optional.of("nope"), false, false);
            assertThat(Items.broken(Items.of(wrong, table)))
                    .containsExactly(
                            " CORRUPT: The archive cannot be opened (the table has no column nope with pictures or URLs (it has id, url, text)).");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void parquetOfTheUsualToolsIsRead() throws Exception {
        Python.run(List.of("pyarrow"), """
                import sys, json, pyarrow as pa, pyarrow.parquet as pq
                folder = sys.argv[1]
                png = b'\\x89PNG\\r\\n\\x1a\\n'
                image = pa.array([{'bytes': png + str(i).encode(), 'path': f'p{i}.png'} for i in range(250)]
                    + [{'bytes': None, 'path': 'only/path.png'}, None],
                    type=pa.struct([('bytes', pa.binary()), ('path', pa.string())]))
                table = pa.table({'label': pa.array(range(252)), 'image': image})
                about = {'info': {'features': {'label': {'dtype': 'int64', '_type': 'Value'}, 'image': {'_type': 'Image'}}}}
                pq.write_table(table.replace_schema_metadata({'huggingface': json.dumps(about)}),
                    folder + '/hf.parquet', row_group_size=100)
                plain = pa.table({'name': ['a', 'b'], 'jpg': pa.array([png, b''], type=pa.binary())})
                pq.write_table(plain, folder + '/bytes.parquet', compression='zstd')
                pq.write_table(pa.table({'url': ['http://127.0.0.1:1/a.png'], 'x': [1]}), folder + '/urls.parquet')
                pq.write_table(pa.table({'x': [1]}), folder + '/none.parquet')
                """, scratch.toString());
        var hf = Items.of(scratch.resolve("hf.parquet"));
        assertThat(hf).hasSize(252);
        assertThat(hf.get(117).member()).isEqualTo("p117.png");
        assertThat(Items.broken(hf))
                .containsExactly(
                        "only/path.png UNREADABLE: The row has no bytes, only the path: save the data set with the pictures in it.",
                        "row 252 EMPTY: The row has no picture.");
        for (int at : List.of(0, 99, 100, 101, 250)) {
            assertThat(Items.of(
                            Archives.of(List.of(scratch.resolve("hf.parquet").toString()), Selection.PICTURES, false),
                            hf.get(at).position(),
                            new LeftOut()))
                    .isEqualTo(hf.subList(at + 1, hf.size()));
        }
        assertThat(Items.of(scratch.resolve("bytes.parquet")).stream().map(Items.Seen::member))
                .containsExactly("row 1", "row 2");
        assertThat(Items.members(Items.of(scratch.resolve("urls.parquet"))))
                .containsExactly("http://127.0.0.1:1/a.png");
        assertThat(Items.broken(Items.of(scratch.resolve("none.parquet"))))
                .hasSize(1)
                .allMatch(said -> said.contains("No column") || said.contains("no column"));
    }

    @Test
    void aSourceThatStandsForNothingIsRefused() {
        assertThatThrownBy(() -> Archives.of(List.of(scratch + "/none*.tar"), Selection.PICTURES, false))
                .hasMessage("Nothing matches " + scratch + "/none*.tar: check the spelling and try again.");
        assertThatThrownBy(() -> Archives.of(List.of(scratch + "/{0..2}.tar"), Selection.PICTURES, false))
                .hasMessageContaining("There is no file or folder " + scratch + "/0.tar, which ");
        assertThatThrownBy(() -> Archives.of(List.of("nowhere"), Selection.PICTURES, false))
                .hasMessage("There is no file or folder nowhere: check the spelling and try again.");
    }

    @Test
    void aHundredThousandFilesInOneFolderAreRead() throws Exception {
        Tool.run(folder, "sh", "-c", "seq -f %.0f.png 100000 | xargs touch");
        boolean ordered = true;
        long count = 0;
        Position last = Position.START;
        try (var items = Archives.of(List.of(folder.toString()), Selection.PICTURES, false)
                .open(Position.START, new LeftOut())) {
            for (var item = items.next(); item != null; item = items.next()) {
                ordered &= item.position().compareTo(last) > 0;
                last = item.position();
                count++;
            }
        }
        assertThat(ordered).isTrue();
        assertThat(count).isEqualTo(100_000);
    }
}

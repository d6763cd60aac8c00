package io.unifluid.blobs.fetch;

import static io.unifluid.blobs.fetch.Refusals.badInput;
import static io.unifluid.blobs.fetch.Refusals.passing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.FileSystemBlobStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inline pictures, claims and files; the network is in {@link HttpPicturesTest} and {@link S3PicturesTest}. */
final class ImageFetcherTest {
    private static final byte[] PICTURE = {1, 2, 3, 4};
    private static final String HEX = BlobKey.of(PICTURE).sha256Hex();

    @TempDir
    private Path folder;

    private Path root;
    private BlobStore store;
    private ImageFetcher fetcher;

    @BeforeEach
    void open() throws IOException {
        root = Files.createDirectory(folder.resolve("pictures"));
        store = new FileSystemBlobStore(Files.createDirectories(folder.resolve("blobs")));
        fetcher =
                new ImageFetcher(new FetchSettings(List.of(root), Set.of(), false, 100, Duration.ofSeconds(5)), store);
    }

    @AfterEach
    void close() {
        fetcher.close();
    }

    private static ImageLocation at(Path path) {
        return ImageLocation.ofUri(path.toUri().toString());
    }

    @Test
    void givesInlineBytes() {
        assertThat(fetcher.fetch(ImageLocation.ofBytes(PICTURE))).isEqualTo(PICTURE);
        assertThat(fetcher.fetch(ImageLocation.ofBytes(PICTURE).withSha256(HEX.toUpperCase(Locale.ROOT))))
                .isEqualTo(PICTURE);
    }

    @Test
    void refusesOtherBytesThanAnnounced() {
        String other = BlobKey.of(new byte[0]).sha256Hex();
        badInput(fetcher, ImageLocation.ofBytes(PICTURE).withSha256(other))
                .isEqualTo("The picture inline is not the one announced: its 4 bytes hash to " + HEX + ", not to "
                        + other + ".");
        BlobKey key = store.put(PICTURE);
        badInput(fetcher, ImageLocation.ofUri(key.toUri().toString()).withSha256("nonsense"))
                .endsWith("hash to " + HEX + ", not to nonsense.");
    }

    @Test
    void needsExactlyOneOfBytesAndUri() {
        badInput(fetcher, new ImageLocation(Optional.empty(), Optional.empty(), Optional.empty()))
                .isEqualTo("A picture needs either inline bytes or a URI, and this one has neither.");
        badInput(fetcher, new ImageLocation(Optional.of(PICTURE), Optional.of("blob:x"), Optional.empty()))
                .isEqualTo("A picture needs either inline bytes or a URI, and this one has both.");
    }

    @Test
    void redeemsClaims() {
        BlobKey key = store.put(PICTURE);
        assertThat(fetcher.fetch(ImageLocation.ofUri(key.toUri().toString()))).isEqualTo(PICTURE);
    }

    @Test
    void refusesClaimsThatNobodyCanRedeem() throws IOException {
        badInput(fetcher, ImageLocation.ofUri("blob:sha256/" + HEX)).startsWith("There is no blob " + HEX + " in ");
        badInput(fetcher, ImageLocation.ofUri("blob:sha256/12"))
                .isEqualTo("The picture URI blob:sha256/12 is not a claim: write blob:sha256/ followed by 64 hex"
                        + " digits.");
        BlobKey key = store.put(PICTURE);
        try (var files = Files.walk(folder.resolve("blobs"))) {
            Path file = files.filter(path -> path.endsWith(HEX)).findFirst().orElseThrow();
            Files.write(file, new byte[] {9});
        }
        badInput(fetcher, ImageLocation.ofUri(key.toUri().toString())).contains("is corrupt");
    }

    @Test
    void triesAgainWhenTheStoreIsOut() throws IOException {
        Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        BlobStore broken = new FileSystemBlobStore(folder.resolve("loop"));
        try (ImageFetcher outage = new ImageFetcher(FetchSettings.defaults(), broken)) {
            passing(outage, ImageLocation.ofUri("blob:sha256/" + HEX)).startsWith("Could not read ");
        }
    }

    @Test
    void readsFilesUnderTheAllowedFolders() throws IOException {
        Path file = Files.write(Files.createDirectories(root.resolve("a b/c")).resolve("ü.png"), PICTURE);
        assertThat(fetcher.fetch(at(file))).isEqualTo(PICTURE);
        assertThat(fetcher.fetch(at(root.resolve("a b/./c/../c/ü.png")))).isEqualTo(PICTURE);
        Path link = Files.createSymbolicLink(root.resolve("link.png"), file);
        assertThat(fetcher.fetch(at(link))).isEqualTo(PICTURE);
    }

    @Test
    void readsFilesUnderAFolderThatIsItselfALink() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("linked"), root);
        Files.write(root.resolve("x.png"), PICTURE);
        FetchSettings settings = FetchSettings.defaults().withAllowedRoots(List.of(link));
        try (ImageFetcher throughLink = new ImageFetcher(settings, store)) {
            assertThat(throughLink.fetch(at(link.resolve("x.png")))).isEqualTo(PICTURE);
        }
    }

    @Test
    void refusesPathsThatLeaveTheFolder() throws IOException {
        Path secret = Files.write(folder.resolve("secret.png"), PICTURE);
        String sentence = "The picture file " + secret + " lies outside the folders that this worker may read:"
                + " move it or add its folder to UNIFLUID_FETCH_ROOTS.";
        badInput(fetcher, at(secret)).isEqualTo(sentence);
        badInput(fetcher, ImageLocation.ofUri("file:" + root + "/../secret.png"))
                .isEqualTo(sentence);
        badInput(fetcher, ImageLocation.ofUri("file:" + root + "/%2e%2e/secret.png"))
                .isEqualTo(sentence);
        badInput(fetcher, at(folder.resolve("pictures-too/x.png"))).contains("UNIFLUID_FETCH_ROOTS");
    }

    @Test
    void refusesLinksThatLeaveTheFolder() throws IOException {
        Path secret = Files.write(folder.resolve("secret.png"), PICTURE);
        Path link = Files.createSymbolicLink(root.resolve("innocent.png"), secret);
        Path up = Files.createSymbolicLink(root.resolve("up"), folder);
        badInput(fetcher, at(link))
                .isEqualTo("The picture file " + link + " lies outside the folders that this worker may read:"
                        + " move it or add its folder to UNIFLUID_FETCH_ROOTS.");
        badInput(fetcher, at(up.resolve("secret.png"))).contains("UNIFLUID_FETCH_ROOTS");
    }

    @Test
    void doesNotTellWhatExistsElsewhere() throws IOException {
        Path secret = Files.write(folder.resolve("secret.png"), PICTURE);
        Path missing = folder.resolve("missing.png");
        badInput(fetcher, at(missing))
                .isEqualTo("The picture file " + missing + " lies outside the folders that this worker may read:"
                        + " move it or add its folder to UNIFLUID_FETCH_ROOTS.");
        badInput(fetcher, at(secret)).contains("lies outside");
    }

    @Test
    void allowsNoFileByDefault() throws IOException {
        Path file = Files.write(root.resolve("x.png"), PICTURE);
        try (ImageFetcher strict = new ImageFetcher(FetchSettings.defaults(), store)) {
            badInput(strict, at(file)).contains("UNIFLUID_FETCH_ROOTS");
        }
    }

    @Test
    void refusesMissingFoldersAndLargeFiles() throws IOException {
        badInput(fetcher, at(root.resolve("missing.png")))
                .isEqualTo("There is no picture file " + root.resolve("missing.png") + " on the worker's machine.");
        Path inner = Files.createDirectory(root.resolve("folder"));
        badInput(fetcher, ImageLocation.ofUri("file:" + inner)).contains("is not a regular file");
        Path large = Files.write(root.resolve("large.png"), new byte[101]);
        badInput(fetcher, at(large))
                .isEqualTo("The picture " + large + " is larger than 100 bytes: send a smaller one or raise"
                        + " UNIFLUID_FETCH_MAX_BYTES.");
        assertThat(fetcher.fetch(at(Files.write(root.resolve("fits.png"), new byte[100]))))
                .hasSize(100);
    }

    @Test
    void boundsInlineBytesAndClaimsToo() {
        badInput(fetcher, ImageLocation.ofBytes(new byte[101])).contains("is larger than 100 bytes");
        BlobKey key = store.put(new byte[101]);
        badInput(fetcher, ImageLocation.ofUri(key.toUri().toString())).contains("at most 100 are allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:relative", "file://host/x", "file:", "file:/a b", "file:///x?y", "file:/%00"})
    void refusesFileUrisThatNameNoFile(String uri) {
        badInput(fetcher, ImageLocation.ofUri(uri)).contains("write file:/absolute/path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x.png", "/etc/passwd", "ftp://host/x", "data:image/png;base64,AAAA", "jar:file:/x!/y"})
    void refusesOtherKindsOfUri(String uri) {
        badInput(fetcher, ImageLocation.ofUri(uri))
                .contains("is not supported: use blob:sha256/.., file:, s3:, http: or https:.");
    }

    @Test
    void repeatsNoControlCharactersAndNoSecrets() {
        badInput(fetcher, ImageLocation.ofUri("https://user:pass@host/x\r\nFAKE?signature=hush"))
                .doesNotContain("hush", "pass", "\r", "\n");
        badInput(fetcher, ImageLocation.ofUri("x".repeat(5000))).hasSizeLessThan(400);
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> new FetchSettings(List.of(), Set.of(), false, 0, Duration.ofSeconds(1)))
                .hasMessage("UNIFLUID_FETCH_MAX_BYTES is 0; give a number of bytes from 1 to 2147483639.");
        assertThatThrownBy(() -> new FetchSettings(List.of(), Set.of(), false, 1, Duration.ZERO))
                .hasMessage("UNIFLUID_FETCH_TIMEOUT is PT0S; give a duration of at most an hour, such as PT10S.");
        assertThatThrownBy(() -> FetchSettings.defaults().withAllowedHosts(Set.of("https://x/")))
                .hasMessageContaining("give plain host names such as images.example.org.");
    }
}

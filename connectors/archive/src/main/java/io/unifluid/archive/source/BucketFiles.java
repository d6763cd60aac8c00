package io.unifluid.archive.source;

import io.unifluid.archive.ItemException;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.Position;
import io.unifluid.archive.Selection;
import io.unifluid.blobs.S3Access;
import io.unifluid.blobs.S3Settings;
import io.unifluid.blobs.fetch.FetchSettings;
import io.unifluid.client.Failure;
import io.unifluid.client.PictureSigns;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The objects of a bucket whose keys begin so, in the order of their keys; a page of them is in memory. */
final class BucketFiles implements Stored.Tree {
    /** For one call; a whole shard comes in one. */
    private static final Duration TIMEOUT = Duration.ofMinutes(30);

    private final S3Settings place;
    private final Selection selection;

    BucketFiles(S3Settings place, Selection selection) {
        this.place = place;
        this.selection = selection;
    }

    @Override
    public String name() {
        return "s3://" + place.bucket() + "/" + place.prefix();
    }

    @Override
    public Stored.Listing list(String from, LeftOut leftOut) {
        return new Pages(S3Access.client(place, TIMEOUT), from, leftOut);
    }

    private final class Pages implements Stored.Listing {
        private final S3Client client;
        private final String from;
        private final LeftOut leftOut;
        private Iterator<S3Object> page = List.<S3Object>of().iterator();
        private String after;
        private boolean last;

        Pages(S3Client client, String from, LeftOut leftOut) {
            this.client = client;
            this.from = from;
            this.leftOut = leftOut;
        }

        @Override
        public Stored.Entry next() throws InterruptedException {
            while (true) {
                if (!page.hasNext()) {
                    if (last) {
                        return null;
                    }
                    fetch();
                    continue;
                }
                var object = page.next();
                after = object.key();
                var path = object.key().substring(place.prefix().length());
                if (path.isEmpty() || path.endsWith("/") || Position.compareFiles(path, from) < 0) {
                    continue;
                }
                if (!selection.hidden() && ("/" + path).contains("/.")) {
                    leftOut.hidden();
                    continue;
                }
                return new Stored.Entry.Found(new Remote(path, object.key(), object.size()));
            }
        }

        private void fetch() throws InterruptedException {
            try {
                var answer = Patience.ofTheRun(() -> {
                    try {
                        return client.listObjectsV2(request -> {
                            request.bucket(place.bucket()).prefix(place.prefix());
                            if (after != null) {
                                request.startAfter(after);
                            }
                        });
                    } catch (SdkException e) {
                        throw refused(e);
                    }
                });
                page = answer.contents().iterator();
                last = !Boolean.TRUE.equals(answer.isTruncated());
            } catch (ItemException e) {
                throw new EnvironmentProblem(e.failure().message(), e);
            }
        }

        /** A refusal is one for all that follow; silence and overload may pass. */
        private Patience.Passing refused(SdkException e) {
            var sentence = name() + " cannot be listed (" + S3Access.reason(e) + "): ";
            if (S3Access.refused(e)) {
                throw new EnvironmentProblem(
                        sentence + "check the bucket's name and region, and the credentials in the environment.", e);
            }
            if (S3Access.status(e) == 0 && String.valueOf(e.getMessage()).contains("credentials")) {
                throw new EnvironmentProblem(
                        name() + " cannot be listed, since there are no credentials: set AWS_ACCESS_KEY_ID and"
                                + " AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.",
                        e);
            }
            return new Patience.Passing(
                    new Failure(Failure.UNREADABLE, sentence + "run the same command again once it answers."), e);
        }

        @Override
        public void close() {
            client.close();
        }

        /** An object. */
        private final class Remote implements Stored {
            private final String path;
            private final String key;
            private final long size;
            private Path copy;

            Remote(String path, String key, long size) {
                this.path = path;
                this.key = key;
                this.size = size;
            }

            @Override
            public String path() {
                return path;
            }

            @Override
            public String name() {
                return "s3://" + place.bucket() + "/" + key;
            }

            @Override
            public OptionalLong size() {
                return OptionalLong.of(size);
            }

            @Override
            public byte[] load() throws ItemException, InterruptedException {
                return Patience.ofTheRun(() -> {
                    try {
                        return PictureBytes.checked(
                                S3Access.read(client, place.bucket(), key, FetchSettings.DEFAULT_MAX_BYTES));
                    } catch (S3Access.TooLarge e) {
                        throw new ItemException(
                                new Failure(
                                        Failure.TOO_LARGE,
                                        "The picture has " + (size >> 20) + " MiB, more than the "
                                                + (FetchSettings.DEFAULT_MAX_BYTES >> 20)
                                                + " MiB that a worker takes: make it smaller."),
                                e);
                    } catch (SdkException e) {
                        var failure = new Failure(
                                Failure.UNREADABLE, "S3 does not give the picture (" + S3Access.reason(e) + ").");
                        if (S3Access.refused(e)) {
                            throw new ItemException(failure, e);
                        }
                        throw new Patience.Passing(failure, e);
                    } catch (IOException e) {
                        throw new Patience.Passing(
                                new Failure(
                                        Failure.UNREADABLE,
                                        "S3 does not give the picture (" + S3Access.reason(e) + ")."),
                                e);
                    }
                });
            }

            @Override
            public InputStream open() throws IOException {
                return new ObjectStream(client, place.bucket(), key);
            }

            @Override
            public Path local() throws IOException {
                if (copy == null) {
                    copy = Files.createTempFile("unifluid-archive-", ".tmp");
                    copy.toFile().deleteOnExit();
                    try (var in = open()) {
                        Files.copy(in, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                    }
                }
                return copy;
            }

            @Override
            public void release() {
                if (copy != null) {
                    copy.toFile().delete();
                    copy = null;
                }
            }

            @Override
            public boolean picture() {
                return PictureSigns.named(path);
            }

            @Override
            public Optional<String> uri() {
                return Optional.of(name());
            }
        }
    }
}

package io.unifluid.gateway.moderation;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStores;
import io.unifluid.client.Awaited;
import io.unifluid.client.Picture;
import io.unifluid.client.Pictures;
import io.unifluid.client.TopicWriter;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Door;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Submission;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Verdict;
import io.unifluid.schemas.access.EnvironmentProblem;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has pictures judged by the moderation app, in their tenants' names and within their limits: each is a submission like any
 * other, and has its verdict on the topic. Opened by the first who asks, so that a gateway whose cluster has no moderation does
 * without. Thread-safe.
 */
@Singleton
public final class Moderation {
    private static final Logger LOG = LoggerFactory.getLogger(Moderation.class);

    private final GatewaySettings settings;
    private Open open;

    Moderation(GatewaySettings settings) {
        this.settings = settings;
    }

    /** Ends of the topics. */
    private record Open(
            Policies policies,
            Awaited<Verdict> verdicts,
            TopicWriter<Submission> submissions,
            BlobStore store,
            Pictures pictures) {
        static Open of(GatewaySettings settings) {
            var cluster = settings.cluster();
            var opened = new ArrayList<AutoCloseable>();
            try {
                var policies = kept(opened, new Policies(cluster));
                var verdicts = kept(opened, new Awaited<>(cluster, Topics.VERDICTS, Verdict::getSubmissionId));
                var submissions = kept(opened, new TopicWriter<>(cluster, Topics.SUBMISSIONS));
                var store = kept(opened, BlobStores.open(cluster.blobs().orElseThrow()));
                return new Open(policies, verdicts, submissions, store, new Pictures(store));
            } catch (RuntimeException e) {
                opened.forEach(Moderation::shut);
                throw e;
            }
        }

        private static <T extends AutoCloseable> T kept(List<AutoCloseable> opened, T one) {
            opened.add(one);
            return one;
        }

        void close() {
            List.of(submissions, verdicts, policies, store).forEach(Moderation::shut);
        }
    }

    /** @throws EnvironmentProblem when the topics cannot be read or written */
    private synchronized Open open() {
        if (open == null) {
            open = Open.of(settings);
        }
        open.policies().trouble().ifPresent(why -> {
            throw new EnvironmentProblem(why);
        });
        return open;
    }

    public Policies policies() {
        return open().policies();
    }

    /**
     * Submits the pictures and waits for their verdicts, which come in the same order.
     *
     * @throws ApiError 429 when the tenant has as many under way as it may, 504 when a verdict does not come in time
     */
    public List<Verdict> judge(HttpRequest<?> from, List<Picture> pictures) {
        var caller = Door.caller(from);
        var to = open();
        var until = Instant.now().plus(settings.longestWait());
        int begun = 0;
        var ids = new ArrayList<String>();
        try {
            for (var _ : pictures) {
                caller.begin().ifPresent(over -> {
                    throw Door.over(over);
                });
                begun++;
            }
            var waiting = new ArrayList<CompletableFuture<Verdict>>();
            var records = new ArrayList<TopicWriter.Keyed<Submission>>();
            for (var picture : pictures) {
                var id = "modr-" + UUID.randomUUID();
                ids.add(id);
                waiting.add(to.verdicts().of(id));
                records.add(new TopicWriter.Keyed<>(id, submission(id, caller.tenant(), picture, until, to)));
            }
            to.submissions().send(records);
            return waiting.stream()
                    .map(verdict -> to.verdicts().of(verdict, left(until)).orElseThrow(this::late))
                    .toList();
        } finally {
            ids.forEach(to.verdicts()::forget);
            for (; begun > 0; begun--) {
                caller.ended();
            }
        }
    }

    private static Submission submission(String id, String tenant, Picture picture, Instant until, Open to) {
        return Submission.newBuilder()
                .setSubmissionId(id)
                .setTenant(tenant)
                .setSubjectId(id)
                .setImage(image(picture, to))
                .setPriority(Priority.INTERACTIVE)
                .setSubmittedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .setDeadline(until.truncatedTo(ChronoUnit.MILLIS))
                .build();
    }

    /** By a claim, however small it is: a verdict keeps no bytes, and who reviews it must see the picture. */
    private static ImageRef image(Picture picture, Open to) {
        if (!(picture instanceof Picture.Bytes(var bytes))) {
            return to.pictures().image(picture);
        }
        var claim = to.store().put(bytes);
        return ImageRef.newBuilder()
                .setUri(claim.toString())
                .setSha256(claim.sha256Hex())
                .build();
    }

    private static Duration left(Instant until) {
        var left = Duration.between(Instant.now(), until);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private ApiError late() {
        return ApiError.of(
                HttpStatus.GATEWAY_TIMEOUT,
                "timeout",
                "There was no verdict within " + settings.longestWait().toSeconds()
                        + " s: ask the operator whether the moderation app runs ('unifluid up --moderation').");
    }

    @PreDestroy
    synchronized void close() {
        if (open != null) {
            open.close();
        }
    }

    private static void shut(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            LOG.warn("What moderation was asked by did not close ({}).", e.getMessage());
        }
    }
}

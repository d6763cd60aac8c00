package io.unifluid.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.blobs.BlobStores;
import io.unifluid.client.Cluster;
import io.unifluid.client.Picture;
import io.unifluid.client.Request;
import io.unifluid.client.UniFluidClient;
import io.unifluid.operations.tenants.TenantLimits;
import io.unifluid.operations.tenants.TenantRegister;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.VqaOutput;
import io.unifluid.stack.Component;
import io.unifluid.testkit.NodeProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** What the gateway costs against what stands beside it: a bare endpoint, a client of the topics, the whole path. */
final class GatewayBench {
    /** That can be measured alone, in the order in which they are. */
    static final List<String> SECTIONS = List.of("paint", "batch", "streams", "interactive", "submissions");

    private static final int CONNECTIONS = 32;
    private static final int WARM_UP_ROUNDS = 3;
    /** Of so few questions a round that Java has compiled what they go through only after some thousand. */
    private static final int INTERACTIVE_WARM_UP_ROUNDS = 10;

    private static final Duration A_ROUND = Duration.ofSeconds(3);
    private static final Duration AT_HALF = Duration.ofSeconds(5);
    private static final int INTERACTIVE = 200;
    private static final int STREAMS = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final String BARE_TOPIC = "bench.bare";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FreshStack stack;
    private final SamplePictures pictures;
    private final UniFluidClient client;
    private final URI gateway;
    private final String key;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger made = new AtomicInteger();

    private GatewayBench(FreshStack stack, SamplePictures pictures, UniFluidClient client, URI gateway, String key) {
        this.stack = stack;
        this.pictures = pictures;
        this.client = client;
        this.gateway = gateway;
        this.key = key;
    }

    /**
     * @param ours small ones a second, at the gateway, the median of the rounds
     * @param bare the same at the bare endpoint
     * @param ratio of the two within a round, the median
     * @param p99 milliseconds at half the gateway's rate
     * @param bareP99 milliseconds at half the gateway's rate
     */
    record Submissions(double ours, double bare, double ratio, double p99, double bareP99) {}

    /**
     * @param through milliseconds through the gateway, median of the rounds' medians
     * @param share of it that is the gateway's, beside the same without it in the same round; the median of the rounds
     */
    record Interactive(double through, double share) {}

    /**
     * One round of a batch and of the whole path.
     *
     * @param acceptedSeconds with its upload
     * @param perSecond lines
     * @param path the same requests a second, sent by a client of the topics
     */
    record Batch(double acceptedSeconds, double perSecond, double path) {}

    /**
     * What was not measured is empty.
     *
     * @param batches each round
     * @param streamsMiB by which the gateway's resident memory grew with a thousand open event streams
     * @param paintMillis first paint of the console; empty where there is no browser
     */
    record Measured(
            Optional<Submissions> submissions,
            Optional<Interactive> interactive,
            List<Batch> batches,
            OptionalDouble streamsMiB,
            OptionalDouble paintMillis) {
        /** Of the rounds. */
        double median(ToDoubleFunction<Batch> figure) {
            return LatencyBench.median(
                    batches.stream().map(figure::applyAsDouble).toList());
        }
    }

    /**
     * @param only of {@link #SECTIONS}; all if there is none
     * @param lines of the batch
     * @param rounds of the batch, of the questions and of the submissions
     */
    static Measured measure(Path checkout, SamplePictures pictures, Set<String> only, int lines, int rounds)
            throws Exception {
        try (var stack = FreshStack.withGateway(checkout, "gateway");
                var client = stack.client()) {
            var cluster =
                    Cluster.of(stack.adminSettings().get("bootstrap.servers").toString(), stack.registryUrl());
            var limits = new TenantLimits(Integer.MAX_VALUE, Long.MAX_VALUE / 2, Integer.MAX_VALUE);
            var key = new TenantRegister(cluster)
                    .add("bench", Optional.of(limits))
                    .key();
            return new GatewayBench(stack, pictures, client, stack.gateway(), key).all(checkout, only, lines, rounds);
        }
    }

    private Measured all(Path checkout, Set<String> only, int lines, int rounds) throws Exception {
        Predicate<String> wanted = section -> only.isEmpty() || only.contains(section);
        awaitKey();
        var paint = wanted.test("paint") ? paint() : OptionalDouble.empty();
        var batches = wanted.test("batch") ? batches(lines, rounds) : List.<Batch>of();
        var streams = wanted.test("streams") ? OptionalDouble.of(streams()) : OptionalDouble.empty();
        var interactive = wanted.test("interactive") ? Optional.of(interactive(rounds)) : Optional.<Interactive>empty();
        var submissions =
                wanted.test("submissions") ? Optional.of(submissions(checkout, rounds)) : Optional.<Submissions>empty();
        return new Measured(submissions, interactive, batches, streams, paint);
    }

    private void awaitKey() throws Exception {
        for (int tries = 0; tries < 600; tries++) {
            if (send(to("/v1/models").GET()).statusCode() == 200) {
                return;
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("The gateway does not know the key.");
    }

    // ---- submissions

    /** At the gateway and at the bare endpoint, a second; then p99 of both at half the gateway's rate. */
    private Submissions submissions(Path checkout, int rounds) throws Exception {
        try (var admin = Admin.create(stack.adminSettings())) {
            admin.createTopics(List.of(new NewTopic(BARE_TOPIC, Optional.empty(), Optional.empty())))
                    .all()
                    .get();
        }
        var process = bare(checkout);
        // Who works on requests takes the processors from both alike; so nobody does meanwhile.
        var atRest = List.of(stack.pid(Component.STREAMS), stack.pid(Component.WORKER));
        try {
            var bare = new HttpLoad(bareAddress(process), "", this::small, CONNECTIONS);
            var ours = new HttpLoad(gateway.resolve("/requests"), key, this::small, CONNECTIONS);
            var rates = new ArrayList<Double>();
            var bareRates = new ArrayList<Double>();
            var ratios = new ArrayList<Double>();
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                var before = ProcessorTime.now();
                double one = resting(atRest, () -> ours.closed(A_ROUND));
                var cost = ProcessorTime.now().since(before, (int) (one * A_ROUND.toSeconds()));
                drain();
                double other = resting(atRest, () -> bare.closed(A_ROUND));
                System.out.printf(
                        "submissions: gateway %.0f/s (processor milliseconds: %s), bare %.0f/s%n", one, cost, other);
                if (round >= 0) {
                    rates.add(one);
                    bareRates.add(other);
                    ratios.add(one / other);
                }
            }
            double half = LatencyBench.median(rates) / 2;
            double p99 = p99(resting(atRest, () -> ours.open(half, AT_HALF)));
            drain();
            double bareP99 = p99(resting(atRest, () -> bare.open(half, AT_HALF)));
            return new Submissions(
                    LatencyBench.median(rates),
                    LatencyBench.median(bareRates),
                    LatencyBench.median(ratios),
                    p99,
                    bareP99);
        } finally {
            process.destroyForcibly();
        }
    }

    private static <T> T resting(List<Long> processes, Callable<T> meanwhile) throws Exception {
        signal("STOP", processes);
        try {
            return meanwhile.call();
        } finally {
            signal("CONT", processes);
        }
    }

    private static void signal(String name, List<Long> processes) throws Exception {
        for (var pid : processes) {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        }
    }

    /** Without a picture, which nobody looks at before it is taken; sent at once, as the bare endpoint does. */
    private String small() {
        return "{\"task\":\"generate\",\"prompt\":\"a fox, number " + made.incrementAndGet()
                + "\",\"labels\":{\"order\":\"" + made.get() + "\"}}";
    }

    /** Until what was taken has been answered. */
    private void drain() throws Exception {
        var last = ask("POST", "/requests?wait=100s", small(), 200, 202);
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (!last.get("status").asText().equals("succeeded")) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("What was submitted is not answered: " + last);
            }
            last = ask("GET", "/requests/" + last.get("id").asText() + "?wait=100s", "", 200);
        }
        Thread.sleep(2_000);
    }

    private Process bare(Path checkout) throws IOException {
        var log = Files.createTempFile("bare", ".log");
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-Dlogback.configurationFile=" + checkout.resolve("tests/bench/src/main/resources/logback.xml"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        BareEndpoint.class.getName(),
                        stack.adminSettings().get("bootstrap.servers").toString(),
                        BARE_TOPIC)
                .redirectError(log.toFile())
                .start();
    }

    private static URI bareAddress(Process process) throws IOException {
        var said = new BufferedReader(process.inputReader());
        for (var line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(BareEndpoint.READY)) {
                return URI.create(line.substring(BareEndpoint.READY.length()) + "/bare");
            }
        }
        throw new IllegalStateException("The bare endpoint did not start.");
    }

    // ---- an interactive request

    /** Through the gateway and without it, alternately. */
    private Interactive interactive(int rounds) throws Exception {
        var through = new ArrayList<Double>();
        var shares = new ArrayList<Double>();
        for (int round = -INTERACTIVE_WARM_UP_ROUNDS; round < rounds; round++) {
            var one = new ArrayList<Double>();
            var other = new ArrayList<Double>();
            for (int i = 0; i < INTERACTIVE; i++) {
                var picture = Base64.getEncoder().encodeToString(picture());
                var body =
                        "{\"model\":\"noop\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
                                + "\"Is it " + made.incrementAndGet()
                                + "?\"},{\"type\":\"image_url\",\"image_url\":{\"url\":"
                                + "\"data:image/png;base64," + picture + "\"}}]}]}";
                one.add(millis(() -> ask("POST", "/v1/chat/completions", body, 200)));
            }
            for (int i = 0; i < INTERACTIVE; i++) {
                other.add(millis(() -> succeeded(
                        client.submit(Request.ask(Picture.of(picture()), "Is it " + made.incrementAndGet() + "?"))
                                .result())));
            }
            double ours = LatencyBench.median(one);
            double direct = LatencyBench.median(other);
            System.out.printf("interactive: gateway %.1f ms, direct %.1f ms%n", ours, direct);
            if (round >= 0) {
                through.add(ours);
                shares.add((ours - direct) / ours);
            }
        }
        return new Interactive(LatencyBench.median(through), LatencyBench.median(shares));
    }

    private interface Act {
        void act() throws Exception;
    }

    private static double millis(Act act) throws Exception {
        long begun = System.nanoTime();
        act.act();
        return (System.nanoTime() - begun) / 1e6;
    }

    private byte[] picture() {
        return pictures.encoded().get(made.get() % pictures.encoded().size());
    }

    private static void succeeded(CompletableFuture<InferenceResult> result) throws Exception {
        var done = result.get(PATIENCE.toMinutes(), TimeUnit.MINUTES);
        if (done.getStatus() != ResultStatus.SUCCEEDED) {
            throw new IllegalStateException("A request did not succeed: " + done.getError());
        }
    }

    // ---- a batch

    private List<Batch> batches(int lines, int rounds) throws Exception {
        batch(lines, -1); // warms up
        var measured = new ArrayList<Batch>();
        for (int round = 0; round < rounds; round++) {
            measured.add(batch(lines, round));
        }
        return measured;
    }

    /** Lines a second are from its acceptance on. */
    private Batch batch(int lines, int round) throws Exception {
        var picture = upload("vision", "scene.png", pictures.encoded().getFirst());
        var file = Files.createTempFile("lines", ".jsonl");
        try (var out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < lines; i++) {
                out.write("{\"custom_id\":\"line-" + i
                        + "\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
                        + "{\"model\":\"noop\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"What is "
                        + i + " of " + round + "?\"},{\"type\":\"file\",\"file\":{\"file_id\":\"" + picture
                        + "\"}}]}]}}\n");
            }
        }
        long begun = System.nanoTime();
        var input = upload("batch", "lines.jsonl", Files.readAllBytes(file));
        var batch = ask(
                "POST",
                "/v1/batches",
                "{\"input_file_id\":\"" + input
                        + "\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}",
                200);
        while (batch.get("status").asText().equals("validating")) {
            Thread.sleep(50);
            batch = ask("GET", "/v1/batches/" + batch.get("id").asText(), "", 200);
        }
        double accepted = (System.nanoTime() - begun) / 1e9;
        System.out.printf("batch: accepted after %.1f s%n", accepted);
        begun = System.nanoTime();
        var before = ProcessorTime.now();
        while (Stream.of("in_progress", "finalizing")
                .anyMatch(batch.get("status").asText()::equals)) {
            Thread.sleep(100);
            batch = ask("GET", "/v1/batches/" + batch.get("id").asText(), "", 200);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (!batch.get("status").asText().equals("completed")
                || batch.at("/request_counts/completed").asInt() != lines) {
            throw new IllegalStateException("The batch did not complete: " + batch);
        }
        System.out.printf(
                "batch: %.0f lines/s; processor milliseconds per line: %s%n",
                lines / seconds, ProcessorTime.now().since(before, lines));
        Files.delete(file);
        return new Batch(accepted, lines / seconds, path(lines, round));
    }

    /** The same questions to the same picture, sent by a client of the topics, all at once. */
    private double path(int lines, int round) throws Exception {
        var picture = pictures.encoded().getFirst();
        var store = BlobStores.open(stack.blobs().toString());
        var claim = store.put(picture);
        store.close();
        var image = Picture.of(ImageRef.newBuilder()
                .setUri(claim.toString())
                .setSha256(claim.sha256Hex())
                .build());
        var before = ProcessorTime.now();
        long begun = System.nanoTime();
        var pending = new ArrayList<CompletableFuture<InferenceResult>>();
        for (int i = 0; i < lines; i++) {
            Request<VqaOutput> request = Request.ask(image, "What is direct " + i + " of " + round + "?")
                    .bulk();
            pending.add(client.submit(request).result());
        }
        for (var each : pending) {
            succeeded(each);
        }
        double rate = lines / ((System.nanoTime() - begun) / 1e9);
        System.out.printf(
                "whole path: %.0f requests/s; processor milliseconds per request: %s%n",
                rate, ProcessorTime.now().since(before, lines));
        return rate;
    }

    private String upload(String purpose, String name, byte[] bytes) throws Exception {
        var head = "--b\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\n" + purpose
                + "\r\n--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"" + name
                + "\"\r\ncontent-type: application/octet-stream\r\n\r\n";
        var answer = send(to("/v1/files")
                .header("content-type", "multipart/form-data; boundary=b")
                .POST(HttpRequest.BodyPublishers.concat(
                        HttpRequest.BodyPublishers.ofString(head),
                        HttpRequest.BodyPublishers.ofByteArray(bytes),
                        HttpRequest.BodyPublishers.ofString("\r\n--b--\r\n"))));
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("The upload was not taken: " + answer.body());
        }
        return JSON.readTree(answer.body()).get("id").asText();
    }

    // ---- event streams

    /** MiB by which the gateway grows, while something is told on all of them. */
    private double streams() throws Exception {
        long pid = stack.pid(Component.GATEWAY);
        events(200);
        long before = ProcStatus.residentKiB(pid);
        var open = new ArrayList<InputStream>();
        try {
            for (int i = 0; i < STREAMS; i++) {
                var answer = http.send(to("/events").GET().build(), HttpResponse.BodyHandlers.ofInputStream());
                if (answer.statusCode() != 200) {
                    throw new IllegalStateException("A stream of events was answered with " + answer.statusCode());
                }
                open.add(answer.body());
            }
            events(200);
            double more = (ProcStatus.residentKiB(pid) - before) / 1024.0;
            System.out.printf("%d streams of events: %.0f MiB more%n", STREAMS, more);
            return more;
        } finally {
            for (var stream : open) {
                stream.close();
            }
        }
    }

    private void events(int requests) throws Exception {
        for (int i = 0; i < requests; i++) {
            ask("POST", "/requests?wait=60s", small(), 200);
        }
    }

    // ---- the console

    private static final String PAINT = """
            import { chromium } from "playwright-core";
            const [executablePath, address] = process.argv.slice(2);
            const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
            const times = [];
            for (let i = 0; i < 6; i++) {
              const page = await (await browser.newContext()).newPage();
              await page.goto(`${address}/console`);
              await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
              times.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime));
              await page.close();
            }
            await browser.close();
            console.log(`first paint ${times.slice(1).sort((a, b) => a - b)[2]}`);
            """;

    /** The median of five, each with an empty cache. */
    private OptionalDouble paint() throws Exception {
        var browser = Stream.of(System.getenv("PATH").split(":"))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
        var folder = Files.createTempDirectory("paint");
        Files.writeString(folder.resolve("paint.mjs"), PAINT);
        var node = new NodeProgram(folder);
        if (browser.isEmpty() || !node.installed("playwright-core", "1.65.1")) {
            System.out.println("console: there is no browser here, or no playwright-core; left out");
            return OptionalDouble.empty();
        }
        var said = node.said("paint.mjs", browser.get().toString(), gateway.toString());
        return said.lines()
                .filter(line -> line.startsWith("first paint "))
                .mapToDouble(line -> Double.parseDouble(line.substring("first paint ".length())))
                .findFirst();
    }

    // ---- HTTP

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(gateway.resolve(path)).header("authorization", "Bearer " + key);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private JsonNode ask(String method, String path, String body, int... statuses) throws Exception {
        var answer = send(to(path).header("content-type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
        for (int status : statuses) {
            if (answer.statusCode() == status) {
                return JSON.readTree(answer.body());
            }
        }
        throw new IllegalStateException(path + " was answered with " + answer.statusCode() + ": " + answer.body());
    }

    private static double p99(List<Double> millis) {
        return Latencies.percentile(millis.stream().mapToDouble(Double::doubleValue), 0.99);
    }
}

package io.unifluid.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.bench.Peers.Peer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What users could pick in our place, in the same sitting: in every round each program runs once, one after the other, over
 * the same pictures with the same bundle. Ratios are made within a round; what is reported is their median.
 */
final class PeersBench {
    /** Times over the sample archive. */
    private static final int TIMES = 5;
    /** For whole systems, whose first and last seconds are not like the others. */
    private static final int TIMES_OF_SYSTEMS = 50;

    private final Path checkout;
    private final SamplePictures pictures;
    private final Path raw;

    PeersBench(Path checkout, SamplePictures pictures) {
        this.checkout = checkout;
        this.pictures = pictures;
        this.raw = checkout.resolve("tests/bench/results/peers.raw.jsonl");
    }

    /** Captions/s of one round; of the peers those that can be had. */
    record Round(
            EngineBench.Rates engine,
            double engineProcessorMillis,
            PathBench.Measured path,
            Map<Peer, Double> peers,
            Map<Peer, Double> processorMillis) {
        Optional<Double> bestOnnxRuntime() {
            return peers.entrySet().stream()
                    .filter(peer -> !peer.getKey().ray())
                    .map(Map.Entry::getValue)
                    .max(Double::compare);
        }

        Optional<Double> twoActors() {
            return Optional.ofNullable(peers.get(Peer.RAY_TWO_ACTORS));
        }
    }

    /** @param number of this round, for the raw file */
    Round round(int number) throws Exception {
        EngineBench.Rates engine;
        double used;
        String ours;
        try (var bench = new EngineBench(checkout.resolve("gpu-worker/reference-model/bundle"), pictures)) {
            bench.round();
            var before = EngineBench.used();
            ours = digest(bench.best(TIMES));
            used = 1000.0
                    * (EngineBench.used() - before)
                    / 1e9
                    / TIMES
                    / pictures.encoded().size();
            engine = bench.round();
        }
        keep(number, "engine alone, at its best, processor ms", used);
        keep(number, "engine alone, at its best", engine.best());
        keep(number, "engine alone, one thread, batched", engine.batched());
        keep(number, "engine alone, one thread, one by one", engine.oneByOne());
        var rates = new EnumMap<Peer, Double>(Peer.class);
        var processor = new EnumMap<Peer, Double>(Peer.class);
        var peers = new Peers(checkout);
        for (var peer : Peer.values()) {
            var measured = peers.run(peer, peer.ray() ? TIMES_OF_SYSTEMS : TIMES);
            if (measured.isEmpty()) {
                break;
            }
            rates.put(peer, measured.get().perSecond());
            keep(number, peer.title(), measured.get().perSecond());
            if (measured.get().processorSeconds() > 0) {
                processor.put(peer, measured.get().processorMillis());
                keep(number, peer.title() + ", processor ms", measured.get().processorMillis());
            }
            if (!peer.ray() && !measured.get().digest().equals(ours)) {
                System.out.println(peer.title() + " wrote other captions than the engine did.");
            }
        }
        var path = PathBench.captions(
                checkout, pictures, TIMES_OF_SYSTEMS * pictures.encoded().size());
        keep(number, "whole path", path.perSecond());
        keep(number, "whole path, device busy", path.deviceBusy());
        return new Round(engine, used, path, rates, processor);
    }

    private void keep(int round, String who, double value) throws IOException {
        var line = new LinkedHashMap<String, Object>();
        line.put("at", Instant.now().toString());
        line.put("round", round);
        line.put("who", who);
        line.put("value", value);
        var text = new ObjectMapper().writeValueAsString(line);
        System.out.println(text);
        Files.createDirectories(raw.getParent());
        Files.writeString(raw, text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** As the peers reckon it. */
    private static String digest(List<String> captions) throws NoSuchAlgorithmException {
        var text = String.join("\n", captions.stream().sorted().toList());
        var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash).substring(0, 16);
    }

    /** The median of each peer's rate, by its title. */
    static Map<String, Double> rates(List<Round> rounds) {
        var rates = new LinkedHashMap<String, Double>();
        for (var peer : Peer.values()) {
            var values = rounds.stream()
                    .filter(round -> round.peers().containsKey(peer))
                    .mapToDouble(round -> round.peers().get(peer))
                    .sorted()
                    .toArray();
            if (values.length > 0) {
                rates.put(peer.title(), (values[(values.length - 1) / 2] + values[values.length / 2]) / 2);
            }
        }
        return rates;
    }
}

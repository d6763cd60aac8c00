package io.unifluid.inference.decoding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.GenerateItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.TextLoop;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import io.unifluid.inference.image.ImageTensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * A tiny model with random weights, and what the reference made of pictures and words with it; ../public-models writes both.
 * {@code -Dunifluid.golden=FOLDER} takes golden files from FOLDER/NAME, for example two hundred of them.
 */
final class Twin implements AutoCloseable {
    private static final Path FOLDER = Path.of(System.getProperty("unifluid.twins", "../public-models/twins"));

    final String name;
    final VisionLanguageModel model;
    final ImageDecoder decoder;

    Twin(String name) {
        this(name, folder(name), TextLoop.AUTO);
    }

    /** @param bundle of the same model, changed or not */
    Twin(String name, Path bundle, TextLoop loop) {
        this.name = name;
        this.model = (VisionLanguageModel)
                Models.open(bundle.toString(), new ModelOptions(DeviceChoice.CPU, 1, 1, 1).with(loop));
        this.decoder = new ImageDecoder(model.imageSpec(), DecodeLimits.defaults());
    }

    static Path folder(String name) {
        return FOLDER.resolve(name);
    }

    static List<String> names() throws IOException {
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private Path golden() {
        String given = System.getProperty("unifluid.golden");
        return given == null ? folder(name).resolve("golden") : Path.of(given, name);
    }

    /** Those with a picture that was read. */
    List<Golden> read() throws IOException {
        return goldens().stream().filter(golden -> !golden.drawing()).toList();
    }

    List<Golden> goldens() throws IOException {
        List<Golden> goldens = new ArrayList<>();
        for (JsonNode item : new ObjectMapper()
                .readTree(golden().resolve("golden.json").toFile())
                .path("items")) {
            goldens.add(new Golden(item));
        }
        return goldens;
    }

    ImageTensor picture(byte[] bytes) {
        try {
            return decoder.decode(bytes);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** One thing that the reference did. */
    final class Golden {
        final JsonNode json;
        final ImageTensor image;

        Golden(JsonNode json) throws IOException {
            this.json = json;
            this.image = drawing() ? null : picture(Files.readAllBytes(golden().resolve(name())));
        }

        String name() {
            return json.path(drawing() ? "drawing" : "picture").asText();
        }

        /** Whether a picture was drawn, and none read. */
        boolean drawing() {
            return json.has("drawing");
        }

        boolean caption() {
            return json.has("hint");
        }

        InferenceItem item() {
            if (drawing()) {
                return new GenerateItem(
                        name(),
                        json.path("draws").asText(),
                        1,
                        OptionalLong.of(json.path("seed").asLong()),
                        OptionalDouble.of(json.path("guidance").asDouble()),
                        OptionalInt.empty(),
                        0,
                        0);
            }
            if (caption()) {
                return new CaptionItem(
                        name(),
                        image,
                        Optional.of(json.path("hint").asText()),
                        json.path("maxTokens").asInt());
            }
            List<String> choices = new ArrayList<>();
            json.path("choices").forEach(choice -> choices.add(choice.asText()));
            return new VqaItem(
                    name(),
                    image,
                    List.of(new QuestionItem(json.path("question").asText(), choices)));
        }

        long[] ids(String field) {
            JsonNode list = json.path(field);
            long[] ids = new long[list.size()];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = list.get(i).asLong();
            }
            return ids;
        }

        double[] logs() {
            JsonNode list = json.path("logs");
            double[] logs = new double[list.size()];
            for (int i = 0; i < logs.length; i++) {
                logs[i] = list.get(i).asDouble();
            }
            return logs;
        }

        /** The picture that the reference drew. */
        BufferedImage drawn() throws IOException {
            return ImageIO.read(golden().resolve(name()).toFile());
        }

        /** What the reference's processor made of the picture: frames side by side, in whole levels, normalised as we do. */
        float[] pixels() throws IOException {
            String file = name().replace(".png", "-pixels.png");
            BufferedImage frames = ImageIO.read(golden().resolve(file).toFile());
            int side = model.imageSpec().height();
            int count = frames.getWidth() / model.imageSpec().width();
            float[] pixels = new float[3 * side * frames.getWidth()];
            int at = 0;
            for (int frame = 0; frame < count; frame++) {
                for (int channel = 0; channel < 3; channel++) {
                    float mean = model.imageSpec().mean().get(channel);
                    float std = model.imageSpec().std().get(channel);
                    for (int y = 0; y < side; y++) {
                        for (int x = 0; x < model.imageSpec().width(); x++) {
                            int rgb = frames.getRGB(frame * model.imageSpec().width() + x, y);
                            pixels[at++] = ((rgb >> (16 - 8 * channel) & 255) / 255f - mean) / std;
                        }
                    }
                }
            }
            return pixels;
        }
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        decoder.close();
        model.close();
    }
}

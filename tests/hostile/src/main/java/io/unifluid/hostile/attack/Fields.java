package io.unifluid.hostile.attack;

import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Vqa;
import io.unifluid.testkit.Requests;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Fields at and beyond the ends of their types, and far more of them than anybody needs. */
final class Fields implements Attack {
    private static final int[] WHOLE = {Integer.MIN_VALUE, -1, 0, 1, 100_000, Integer.MAX_VALUE};
    private static final double[] REAL = {
        Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, -1, 1e308, Double.MIN_VALUE
    };

    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        var shots = new ArrayList<Shot>();
        for (int number : WHOLE) {
            add(shots, arsenal, "absurd maxTokens", caption(arsenal, new Caption(number, null)));
            var generate = Generate.newBuilder().setPrompt("a red apple");
            add(
                    shots,
                    arsenal,
                    "absurd count",
                    drawn(arsenal, generate.setCount(number).build()));
            generate.setCount(1);
            add(
                    shots,
                    arsenal,
                    "absurd steps",
                    drawn(arsenal, generate.setSteps(number).build()));
            generate.setSteps(0);
            add(
                    shots,
                    arsenal,
                    "absurd width",
                    drawn(arsenal, generate.setWidth(number).build()));
            generate.setWidth(0).setSeed((long) number << 32);
            add(
                    shots,
                    arsenal,
                    "absurd height",
                    drawn(arsenal, generate.setHeight(number).build()));
        }
        for (double number : REAL) {
            add(
                    shots,
                    arsenal,
                    "absurd guidance",
                    drawn(
                            arsenal,
                            Generate.newBuilder()
                                    .setPrompt("a red apple")
                                    .setGuidance(number)
                                    .build()));
            add(
                    shots,
                    arsenal,
                    "absurd guidance",
                    arsenal.caption(arsenal.id())
                            .setTask(Edit.newBuilder()
                                    .setInstruction("make the background red")
                                    .setGuidance(number)
                                    .build()));
        }
        add(shots, arsenal, "no task", arsenal.request(arsenal.id()));
        add(shots, arsenal, "no picture", caption(arsenal, new Caption(0, null)).setImage(null));
        add(
                shots,
                arsenal,
                "picture twice",
                arsenal.caption(arsenal.id())
                        .setImage(ImageRef.newBuilder(Requests.inline(arsenal.scene()))
                                .setUri("file:///etc/passwd")
                                .build()));
        add(
                shots,
                arsenal,
                "picture of no bytes",
                arsenal.caption(arsenal.id()).setImage(Requests.inline(new byte[0])));
        add(
                shots,
                arsenal,
                "no questions",
                arsenal.caption(arsenal.id())
                        .setTask(Vqa.newBuilder().setQuestions(List.of()).build()));
        add(
                shots,
                arsenal,
                "model that nobody runs",
                arsenal.caption(arsenal.id()).setModel("gpt-9"));
        add(
                shots,
                arsenal,
                "model with a strange name",
                arsenal.caption(arsenal.id()).setModel("../../\u001b[31m"));
        add(
                shots,
                arsenal,
                "model with a long name",
                arsenal.caption(arsenal.id()).setModel("m".repeat(100_000)));
        for (var topic : List.of(
                "unifluid.outcomes", "unifluid.requests", "__consumer_offsets", "../x", "", "t".repeat(70_000))) {
            add(
                    shots,
                    arsenal,
                    "reply topic that is not allowed",
                    arsenal.caption(arsenal.id()).setReplyTopic(topic));
        }
        add(shots, arsenal, "10,000 labels", arsenal.caption(arsenal.id()).setLabels(many()));
        add(
                shots,
                arsenal,
                "label of 70,000 characters",
                arsenal.caption(arsenal.id()).setLabels(Map.of("k".repeat(70_000), "v".repeat(70_000))));
        add(
                shots,
                arsenal,
                "label with escapes",
                arsenal.caption(arsenal.id()).setLabels(Map.of("\u001b]0;title\u0007", "<script>\n\u202e")));
        for (var tenant : List.of("", " ", "t".repeat(70_000), "a\nb", "\u001b[2J", "\u0000")) {
            add(shots, arsenal, "strange tenant", arsenal.caption(arsenal.id()).setTenant(tenant));
        }
        add(
                shots,
                arsenal,
                "media type of 70,000 characters",
                arsenal.caption(arsenal.id())
                        .setImage(ImageRef.newBuilder(Requests.inline(arsenal.scene()))
                                .setMediaType("m".repeat(70_000))
                                .build()));
        return shots.stream();
    }

    private static void add(List<Shot> shots, Arsenal arsenal, String kind, InferenceRequest.Builder request) {
        shots.add(arsenal.shot(kind, request.build()));
    }

    private static InferenceRequest.Builder caption(Arsenal arsenal, Caption task) {
        return arsenal.caption(arsenal.id()).setTask(task);
    }

    private static InferenceRequest.Builder drawn(Arsenal arsenal, Generate task) {
        return arsenal.request(arsenal.id()).setTask(task);
    }

    private static Map<String, String> many() {
        var labels = new HashMap<String, String>();
        for (int i = 0; i < 10_000; i++) {
            labels.put("label-" + i, "value");
        }
        return labels;
    }
}

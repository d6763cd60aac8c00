package io.unifluid.hostile.attack;

import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Edit;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Question;
import io.unifluid.schemas.Vqa;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Prompts, questions, choices and instructions that are empty to the eye, endless, or the model's own marks. */
final class Texts implements Attack {
    private static final List<String> STRANGE = List.of(
            "",
            "\u200b\u200d\ufeff",
            "\u00a0\u00a0",
            "<|",
            "<|endoftext|>",
            "<pad><bos><eos>",
            "\u202e\u2066",
            "\u0000",
            "\ud83d".repeat(1) + " half a pair",
            "a".repeat(100_000),
            "\ud83d\ude00".repeat(2_000),
            "zalgo" + "\u0300".repeat(5_000));

    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        var shots = new ArrayList<Shot>();
        for (var text : STRANGE) {
            add(
                    shots,
                    arsenal,
                    "strange prompt",
                    arsenal.request(arsenal.id())
                            .setTask(Generate.newBuilder().setPrompt(text).build()));
            add(
                    shots,
                    arsenal,
                    "strange instruction",
                    arsenal.caption(arsenal.id())
                            .setTask(Edit.newBuilder().setInstruction(text).build()));
            add(
                    shots,
                    arsenal,
                    "strange hint",
                    arsenal.caption(arsenal.id())
                            .setTask(Caption.newBuilder().setHint(text).build()));
            add(shots, arsenal, "strange question", ask(arsenal, new Question(text, List.of())));
            add(shots, arsenal, "strange choice", ask(arsenal, new Question("what is it?", List.of("a duck", text))));
        }
        add(
                shots,
                arsenal,
                "choices that are one",
                ask(arsenal, new Question("what is it?", List.of("a duck", "A duck", "a duck ", "a\u00a0duck"))));
        add(
                shots,
                arsenal,
                "64 questions of 256 choices",
                arsenal.caption(arsenal.id())
                        .setTask(Vqa.newBuilder()
                                .setQuestions(Collections.nCopies(64, new Question("what is it?", choices(256))))
                                .build()));
        add(
                shots,
                arsenal,
                "10,000 questions",
                arsenal.caption(arsenal.id())
                        .setTask(Vqa.newBuilder()
                                .setQuestions(Collections.nCopies(10_000, new Question("is there a duck?", List.of())))
                                .build()));
        add(shots, arsenal, "10,000 choices", ask(arsenal, new Question("what is it?", choices(10_000))));
        add(
                shots,
                arsenal,
                "prompt of 5 MB",
                arsenal.request(arsenal.id())
                        .setTask(Generate.newBuilder()
                                .setPrompt("a".repeat(5_000_000))
                                .build()));
        return shots.stream();
    }

    private static InferenceRequest.Builder ask(Arsenal arsenal, Question question) {
        return arsenal.caption(arsenal.id())
                .setTask(Vqa.newBuilder().setQuestions(List.of(question)).build());
    }

    private static List<String> choices(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "a thing of the kind " + i)
                .toList();
    }

    private static void add(List<Shot> shots, Arsenal arsenal, String kind, InferenceRequest.Builder request) {
        shots.add(arsenal.shot(kind, request.build()));
    }
}

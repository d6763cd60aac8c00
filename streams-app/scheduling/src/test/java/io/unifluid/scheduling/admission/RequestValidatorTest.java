package io.unifluid.scheduling.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.task.Picture;
import io.unifluid.scheduling.task.RequestFacts;
import io.unifluid.scheduling.task.Task;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestValidatorTest {
    private static final Task CAPTION = new Task.Caption(0, Optional.empty());
    private static final Optional<Picture> INLINE = Optional.of(new Picture(OptionalLong.of(1_000), Optional.empty()));

    private final RequestValidator validator =
            new RequestValidator(ValidationLimits.defaults().withReplyTopics(Set.of("team-b", "team-a")));

    private static RequestFacts facts(String id, Task task, Optional<Picture> picture) {
        return new RequestFacts(
                id,
                "default",
                Optional.ofNullable(task),
                picture,
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    private void refuses(RequestFacts facts, RejectKind kind, String message) {
        assertThat(validator.validate(facts)).contains(new Rejection(kind, message));
    }

    private void refuses(Task task, RejectKind kind, String message) {
        refuses(facts("r-1", task, task instanceof Task.Generate ? Optional.empty() : INLINE), kind, message);
    }

    private void refusesPicture(Optional<Picture> picture, RejectKind kind, String message) {
        refuses(facts("r-1", CAPTION, picture), kind, message);
    }

    private void accepts(RequestFacts facts) {
        assertThat(validator.validate(facts)).isEmpty();
    }

    private static Optional<Picture> uri(String uri) {
        return Optional.of(new Picture(OptionalLong.empty(), Optional.of(uri)));
    }

    private static Task.Generate generate(String prompt) {
        return new Task.Generate(prompt, 1, 0, 0, OptionalDouble.empty(), 0);
    }

    private static Task.Vqa vqa(String question, String... choices) {
        return new Task.Vqa(List.of(new Task.Question(question, List.of(choices))));
    }

    @Test
    void acceptsTheFourTasks() {
        accepts(facts("r-1", CAPTION, INLINE));
        accepts(facts("r-1", vqa("Is there a cat?", "yes", "no"), INLINE));
        accepts(facts("r-1", vqa("What is it?"), uri("blob:sha256/" + "0".repeat(64))));
        accepts(facts("r-1", generate("a cat"), Optional.empty()));
        accepts(facts("r-1", new Task.Edit("make it red", OptionalDouble.of(3), 16), INLINE));
    }

    @Test
    void acceptsEveryLimitItself() {
        accepts(facts("r".repeat(200), generate("p".repeat(8_192)), Optional.empty()));
        accepts(facts("r", new Task.Generate("p", 16, 1_024, 16, OptionalDouble.of(30), 256), Optional.empty()));
        accepts(facts("r", CAPTION, Optional.of(new Picture(OptionalLong.of(262_144), Optional.empty()))));
        accepts(facts("r", new Task.Caption(256, Optional.of("")), INLINE));
        accepts(facts("r", new Task.Vqa(Collections.nCopies(64, new Task.Question("Why?", List.of()))), INLINE));
    }

    @Test
    void refusesAnIdThatIsTooLong() {
        refuses(
                facts("r".repeat(201), CAPTION, INLINE),
                RejectKind.BAD_REQUEST_ID,
                "The requestId has 201 characters; the limit is 200: shorten it.");
    }

    @Test
    void refusesABlankTenant() {
        RequestFacts blank = new RequestFacts(
                "r-1",
                "",
                Optional.of(CAPTION),
                INLINE,
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                Map.of());
        refuses(blank, RejectKind.BAD_TENANT, "The tenant is blank: name one, or leave the field out.");
    }

    @Test
    void refusesAnUnknownTask() {
        refuses(
                facts("r-1", null, INLINE),
                RejectKind.UNKNOWN_TASK,
                "The request has no task that this version knows: send caption, vqa, generate or edit.");
    }

    @Test
    void refusesAPictureTaskWithoutPicture() {
        refusesPicture(
                Optional.empty(),
                RejectKind.MISSING_PICTURE,
                "The task caption needs a picture and the request has none: set image.");
        refuses(
                facts("r-1", vqa("Why?"), Optional.empty()),
                RejectKind.MISSING_PICTURE,
                "The task vqa needs a picture and the request has none: set image.");
        refuses(
                facts("r-1", new Task.Edit("x", OptionalDouble.empty(), 0), Optional.empty()),
                RejectKind.MISSING_PICTURE,
                "The task edit needs a picture and the request has none: set image.");
    }

    @Test
    void refusesAPictureToGenerateFrom() {
        refuses(
                facts("r-1", generate("a cat"), INLINE),
                RejectKind.UNEXPECTED_PICTURE,
                "The task generate takes no picture and the request has one: leave image out, or use edit.");
    }

    @Test
    void refusesAPictureThatIsNowhereOrInTwoPlaces() {
        refusesPicture(
                Optional.of(new Picture(OptionalLong.empty(), Optional.empty())),
                RejectKind.MISSING_PICTURE,
                "The image has neither bytes nor a uri: send one of the two.");
        refusesPicture(
                Optional.of(new Picture(OptionalLong.of(5), Optional.of("file:/x.png"))),
                RejectKind.BAD_PICTURE_URI,
                "The image has both bytes and a uri: send one of the two.");
        refusesPicture(
                Optional.of(new Picture(OptionalLong.of(0), Optional.empty())),
                RejectKind.MISSING_PICTURE,
                "The image's bytes are empty: send a picture file.");
    }

    @Test
    void sendsLargePicturesToTheBlobStore() {
        refusesPicture(
                Optional.of(new Picture(OptionalLong.of(10_485_760), Optional.empty())),
                RejectKind.PICTURE_TOO_LARGE,
                "The image has 10485760 bytes inline; the limit is 262144:"
                        + " upload it to the blob store and send a claim.");
    }

    @Test
    void refusesUnknownUriSchemes() {
        refusesPicture(
                uri("ftp://host/x.png"),
                RejectKind.BAD_PICTURE_URI,
                "The image uri 'ftp://host/x.png' has the scheme 'ftp';"
                        + " the known ones are blob, file, http, https, s3: use one of them.");
        refusesPicture(
                uri("/tmp/x.png"),
                RejectKind.BAD_PICTURE_URI,
                "The image uri '/tmp/x.png' has no scheme;"
                        + " the known ones are blob, file, http, https, s3: use one of them.");
        refusesPicture(
                uri("file:/" + "x".repeat(9_000)),
                RejectKind.BAD_PICTURE_URI,
                "The image uri has 9006 characters; the limit is 8192: shorten it.");
    }

    @Test
    void showsAHostileUriShortAndWithoutControlCharacters() {
        refusesPicture(
                uri("a\nERROR forged line" + "x".repeat(100)),
                RejectKind.BAD_PICTURE_URI,
                "The image uri 'a?ERROR forged line" + "x".repeat(41) + "…' has no scheme;"
                        + " the known ones are blob, file, http, https, s3: use one of them.");
    }

    @Test
    void takesASchemeInCapitals() {
        accepts(facts("r-1", CAPTION, uri("HTTPS://host/x.png")));
    }

    @Test
    void refusesAPromptThatIsBlankOrTooLong() {
        refuses(
                generate("p".repeat(10_485_760)),
                RejectKind.BAD_PROMPT,
                "The prompt has 10485760 characters; the limit is 8192: shorten it.");
        refuses(generate(" \n"), RejectKind.BAD_PROMPT, "The prompt is blank: say what the picture shall show.");
        refuses(
                new Task.Edit("", OptionalDouble.empty(), 0),
                RejectKind.BAD_PROMPT,
                "The instruction is blank: say what the picture shall show.");
        refuses(
                new Task.Caption(0, Optional.of("h".repeat(8_193))),
                RejectKind.BAD_PROMPT,
                "The hint has 8193 characters; the limit is 8192: shorten it.");
    }

    @Test
    void refusesQuestionsThatCannotBeAnswered() {
        refuses(new Task.Vqa(List.of()), RejectKind.BAD_QUESTIONS, "The task vqa has no questions: ask at least one.");
        refuses(
                new Task.Vqa(Collections.nCopies(65, new Task.Question("Why?", List.of()))),
                RejectKind.BAD_QUESTIONS,
                "The request has 65 questions; the limit is 64: send the rest in another request.");
        refuses(
                new Task.Vqa(List.of(new Task.Question("Why?", List.of()), new Task.Question(" ", List.of()))),
                RejectKind.BAD_QUESTIONS,
                "The question 2 is blank: ask something.");
        refuses(
                vqa("q".repeat(8_193)),
                RejectKind.BAD_QUESTIONS,
                "The question 1 has 8193 characters; the limit is 8192: shorten it.");
    }

    @Test
    void refusesChoicesThatCannotBeScored() {
        refuses(
                vqa("Why?", "yes", "no", "yes"),
                RejectKind.BAD_CHOICES,
                "The question 1 has the choice 'yes' twice: give each once.");
        refuses(
                vqa("Why?", "yes", " "),
                RejectKind.BAD_CHOICES,
                "The question 1 has a blank choice: leave it out or fill it in.");
        refuses(
                vqa("Why?", "yes"),
                RejectKind.BAD_CHOICES,
                "The question 1 has one choice only: give at least two, or none.");
        String[] many = IntStream.range(0, 257).mapToObj(Integer::toString).toArray(String[]::new);
        refuses(
                vqa("Why?", many),
                RejectKind.BAD_CHOICES,
                "The question 1 has 257 choices; the limit is 256: give fewer.");
        refuses(
                vqa("Why?", "yes", "n".repeat(8_193)),
                RejectKind.BAD_CHOICES,
                "The choice '" + "n".repeat(60) + "…' of question 1 has 8193 characters;"
                        + " the limit is 8192: shorten it.");
    }

    @Test
    void refusesChoicesThatAreTheSameToAModel() {
        for (var pair : List.of(
                List.of("yes", "Yes"),
                List.of("yes", "yes "),
                List.of("a red car", "a  red\tcar"),
                List.of("a red car", "a red\u00A0car"),
                List.of("caf\u00E9", "cafe\u0301"),
                List.of("CAF\u00C9", "cafe\u0301"),
                List.of("gun", "g\u200Bun"),
                List.of("gun", "gun\uFEFF"),
                List.of("stra\u00DFe", "STRASSE"),
                List.of("\u2764", "\u2764\uFE0F"))) {
            var rejection = new RequestValidator(ValidationLimits.defaults())
                    .validate(facts("r-1", vqa("What?", "other", pair.get(0), pair.get(1)), INLINE))
                    .orElseThrow(() -> new AssertionError(pair + " passed"));
            assertThat(rejection.kind()).isEqualTo(RejectKind.BAD_CHOICES);
        }
        refuses(
                vqa("What?", "Yes", "yes "),
                RejectKind.BAD_CHOICES,
                "The question 1 has the choices 'Yes' and 'yes ', which differ in nothing that counts (case, blanks,"
                        + " unseen characters, accents written in another way): give each once.");
        accepts(facts("r-1", vqa("What?", "resume", "r\u00E9sum\u00E9"), INLINE));
        accepts(facts("r-1", vqa("What?", "x\u00B2", "x2", "+", "-", "?"), INLINE));
        accepts(facts("r-1", vqa("Who?", "\uD83D\uDC69\u200D\uD83D\uDE80", "\uD83D\uDC69\uD83D\uDE80"), INLINE));
    }

    @Test
    void refusesTextsThatSayNothing() {
        for (var nothing : List.of(
                "\u200B\u200D\uFEFF",
                "\u00A0\u2003\u3000",
                "\u2800",
                "\u3164",
                "\u0000\u001B",
                "\u0301",
                "\uE000",
                "\uD83D",
                "<|",
                "|>",
                " <|answer|> <|image|>",
                "<|\u200B",
                "\uFE0F")) {
            assertThat(kindOf(vqa(nothing))).as(nothing).contains(RejectKind.BAD_QUESTIONS);
            assertThat(kindOf(vqa("Why?", "yes", nothing))).as(nothing).contains(RejectKind.BAD_CHOICES);
            assertThat(kindOf(generate(nothing))).as(nothing).contains(RejectKind.BAD_PROMPT);
            assertThat(kindOf(new Task.Edit(nothing, OptionalDouble.empty(), 0)))
                    .as(nothing)
                    .contains(RejectKind.BAD_PROMPT);
            assertThat(kindOf(new Task.Caption(0, Optional.of(nothing))))
                    .as(nothing)
                    .contains(RejectKind.BAD_PROMPT);
        }
        refuses(
                vqa("<|"),
                RejectKind.BAD_QUESTIONS,
                "The question 1 has nothing but blanks, unseen characters or marks of the model: ask something.");
        for (var something :
                List.of("?", "\uD83D\uDC69\u200D\uD83D\uDE80", "\u0645\u06CC\u200C\u062E", "a <| b", "1")) {
            assertThat(kindOf(vqa(something))).as(something).isEmpty();
        }
    }

    private static Optional<RejectKind> kindOf(Task task) {
        return new RequestValidator(ValidationLimits.defaults())
                .validate(facts("r-1", task, task instanceof Task.Generate ? Optional.empty() : INLINE))
                .map(Rejection::kind);
    }

    @Test
    void refusesNamesWithCharactersThatNobodySees() {
        refuses(
                ofTenant("acme\u200B"),
                RejectKind.BAD_TENANT,
                "The tenant has a character in it that is not seen (U+200B): leave that out.");
        refuses(
                ofTenant("acme\u001B[2J"),
                RejectKind.BAD_TENANT,
                "The tenant has a character in it that is not seen (U+001B): leave that out.");
        refuses(
                ofTenant("\u00A0"),
                RejectKind.BAD_TENANT,
                "The tenant has nothing but blanks, unseen characters or marks of the model: name one, or leave the field"
                        + " out.");
        accepts(ofTenant("Acme Ltd. \u0645\u06CC\u200C\u062E"));
        refuses(
                with(Optional.empty(), Optional.empty(), Map.of("a\nb", "x")),
                RejectKind.BAD_LABEL,
                "The label 'a?b' has a character in it that is not seen (U+000A): leave that out.");
        accepts(with(Optional.empty(), Optional.empty(), Map.of("note", "two\nlines")));
        refusesPicture(
                uri("file:/a\nb.png"),
                RejectKind.BAD_PICTURE_URI,
                "The image uri has a character in it that is not seen (U+000A): leave that out.");
        accepts(facts("r-1", CAPTION, uri("file:/\u200EIMG.png")));
    }

    private static RequestFacts ofTenant(String tenant) {
        return new RequestFacts(
                "r-1",
                tenant,
                Optional.of(CAPTION),
                INLINE,
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    @Test
    void refusesWhatCannotBeAHashOrAMediaType() {
        refusesPicture(
                said("abc", null),
                RejectKind.BAD_PICTURE_HASH,
                "The image's sha256 'abc' is none: write 64 hex digits, or leave the field out.");
        refusesPicture(
                said(null, "image/" + "x".repeat(200)),
                RejectKind.BAD_MEDIA_TYPE,
                "The image's mediaType has 206 characters; the limit is 200: shorten it.");
        refusesPicture(
                said(null, "image/png\r\nX-A: b"),
                RejectKind.BAD_MEDIA_TYPE,
                "The image's mediaType has a character in it that is not seen (U+000D): leave that out.");
        accepts(facts("r-1", CAPTION, said("AB".repeat(32), "image/x-unheard-of; v=2")));
    }

    private static Optional<Picture> said(String sha256, String mediaType) {
        return Optional.of(new Picture(
                OptionalLong.of(9), Optional.empty(), Optional.ofNullable(sha256), Optional.ofNullable(mediaType)));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 17, Integer.MAX_VALUE})
    void refusesACountOutOfRange(int count) {
        refuses(
                new Task.Generate("a cat", count, 0, 0, OptionalDouble.empty(), 0),
                RejectKind.OUT_OF_RANGE,
                "The count is " + count + "; it must be from 1 to 16: change it.");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 257})
    void refusesStepsAndTokensOutOfRange(int value) {
        String range = " is " + value + "; it must be from 1 to 256, or 0 for the model's default: change it.";
        refuses(
                new Task.Generate("a cat", 1, 0, 0, OptionalDouble.empty(), value),
                RejectKind.OUT_OF_RANGE,
                "The steps" + range);
        refuses(new Task.Edit("x", OptionalDouble.empty(), value), RejectKind.OUT_OF_RANGE, "The steps" + range);
        refuses(new Task.Caption(value, Optional.empty()), RejectKind.OUT_OF_RANGE, "The maxTokens" + range);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 30.1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesAGuidanceOutOfRange(double guidance) {
        String message = "The guidance is " + guidance + "; it must be from 0 to 30.0: change it.";
        refuses(new Task.Generate("a cat", 1, 0, 0, OptionalDouble.of(guidance), 0), RejectKind.OUT_OF_RANGE, message);
        refuses(new Task.Edit("x", OptionalDouble.of(guidance), 0), RejectKind.OUT_OF_RANGE, message);
    }

    @ParameterizedTest
    @ValueSource(ints = {-16, 15, 100, 1_040})
    void refusesASizeOutOfRange(int side) {
        String tail = " is " + side + " pixels; it must be a multiple of 16 from 16 to 1024,"
                + " or width and height both 0 for the model's size: change it.";
        refuses(
                new Task.Generate("a cat", 1, side, 64, OptionalDouble.empty(), 0),
                RejectKind.OUT_OF_RANGE,
                "The width" + tail);
        refuses(
                new Task.Generate("a cat", 1, 64, side, OptionalDouble.empty(), 0),
                RejectKind.OUT_OF_RANGE,
                "The height" + tail);
    }

    private static RequestFacts with(Optional<String> model, Optional<String> replyTopic, Map<String, String> labels) {
        return new RequestFacts(
                "r-1", "default", Optional.of(CAPTION), INLINE, model, true, Optional.empty(), replyTopic, labels);
    }

    @Test
    void refusesAReplyTopicThatIsNotListed() {
        accepts(with(Optional.empty(), Optional.of("team-a"), Map.of()));
        refuses(
                with(Optional.empty(), Optional.of("unifluid.results"), Map.of()),
                RejectKind.REPLY_TOPIC_NOT_ALLOWED,
                "The replyTopic 'unifluid.results' is not allowed; the allowed ones are team-a, team-b:"
                        + " leave the field out, or have the operator list the topic.");
        assertThat(new RequestValidator(ValidationLimits.defaults())
                        .validate(with(Optional.empty(), Optional.of("team-a"), Map.of())))
                .contains(new Rejection(
                        RejectKind.REPLY_TOPIC_NOT_ALLOWED,
                        "The replyTopic 'team-a' is not allowed; none is allowed here:"
                                + " leave the field out, or have the operator list the topic."));
    }

    @Test
    void refusesAModelThatIsNoName() {
        accepts(with(Optional.of("unifluid/nano-1.0"), Optional.empty(), Map.of()));
        refuses(
                with(Optional.of("a|b"), Optional.empty(), Map.of()),
                RejectKind.BAD_MODEL,
                "The model 'a|b' is not a model name: use letters, digits and . _ / - @ or leave the field out.");
    }

    @Test
    void refusesTooManyOrTooLongLabels() {
        Map<String, String> many = IntStream.range(0, 33).boxed().collect(Collectors.toMap(i -> "label" + i, _ -> "x"));
        refuses(
                with(Optional.empty(), Optional.empty(), many),
                RejectKind.TOO_MANY_LABELS,
                "The request has 33 labels; the limit is 32: send fewer.");
        refuses(
                with(Optional.empty(), Optional.empty(), Map.of("k", "v".repeat(1_024))),
                RejectKind.TOO_MANY_LABELS,
                "The label 'k' has 1025 characters; the limit is 1024: shorten it.");
    }

    @Test
    void refusesATenantThatHasTooMuchUnderWay() {
        AdmissionLimits limits = new AdmissionLimits(OptionalInt.of(3));
        assertThat(limits.check("a", 2)).isEmpty();
        assertThat(limits.check("a", 3))
                .contains(new Rejection(
                        RejectKind.OVER_LIMIT,
                        "Tenant 'a' has 3 unfinished requests; the limit is 3:"
                                + " send this one again when some have finished."));
        assertThat(AdmissionLimits.defaults().check("a", Long.MAX_VALUE)).isEmpty();
    }
}

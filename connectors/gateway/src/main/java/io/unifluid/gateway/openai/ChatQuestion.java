package io.unifluid.gateway.openai;

import io.unifluid.client.Picture;
import io.unifluid.client.Request;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.picture.PictureParts;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * What a chat completion asks for. A picture alone, or with an instruction to describe it, is a caption; with other words, a
 * question. A JSON schema makes a question of each of its members, closed where it has an enum.
 *
 * @param model as named
 * @param words of the user, stripped; empty for a picture alone
 * @param caption whether it is to be described
 * @param maxTokens of the caption
 * @param shape of the answer
 * @param logprobs how many alternatives of each answer shall be told; empty for no log-probabilities
 * @param usage whether a stream ends with the usage
 */
record ChatQuestion(
        String model,
        Picture picture,
        String words,
        boolean caption,
        Optional<Integer> maxTokens,
        AnswerShape shape,
        Optional<Integer> logprobs,
        boolean stream,
        boolean usage) {
    /** Most tokens that admission takes for a caption; a higher bound is kept by itself. */
    private static final int MOST_TOKENS = 256;

    private static final int MOST_ALTERNATIVES = 20;

    /** @throws ApiError 400 naming what is wrong, unknown or cannot be honoured */
    static ChatQuestion of(Fields body, PictureParts.Source pictures) {
        var model = body.needText("model");
        var stream = body.flag("stream");
        var usage = body.object("stream_options").map(options -> {
            var included = options.flag("include_usage");
            options.only("include_obfuscation", false);
            options.end();
            return included;
        });
        var shape = body.object("response_format").map(AnswerShape::of).orElse(new AnswerShape.Plain());
        var maxTokens = body.whole("max_completion_tokens", 1, Integer.MAX_VALUE)
                .or(() -> body.whole("max_tokens", 1, Integer.MAX_VALUE));
        body.whole("max_tokens", 1, Integer.MAX_VALUE);
        var logprobs = logprobs(body);
        body.only("n", 1);
        body.only("temperature", 0, 1);
        body.only("top_p", 1);
        body.only("frequency_penalty", 0);
        body.only("presence_penalty", 0);
        body.only("store", false);
        body.only("service_tier", "auto", "default");
        body.only("tool_choice", "none", "auto");
        body.only("parallel_tool_calls", true, false);
        body.large("seed"); // The same request has the same answer with any seed.
        body.refuse(
                "audio",
                "functions",
                "function_call",
                "logit_bias",
                "prediction",
                "reasoning_effort",
                "stop",
                "tools",
                "verbosity",
                "web_search_options");
        if (body.texts("modalities").stream().anyMatch(one -> !one.equals("text"))) {
            throw ApiError.unsupported("modalities", "'modalities' cannot be honoured here: only text is answered.");
        }
        body.mayHave("user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "metadata");
        var said = ChatMessages.of(body, pictures);
        body.end();
        boolean caption = shape instanceof AnswerShape.Plain && Describing.is(said.words());
        if (!caption
                && said.words().isEmpty()
                && shape.questions("").stream().anyMatch(one -> one.getText().isEmpty())) {
            throw ApiError.parameter(
                    "messages",
                    "A question is missing: add a text part, or a 'description' to each member of the schema.");
        }
        return new ChatQuestion(
                model, said.picture(), said.words(), caption, maxTokens, shape, logprobs, stream, usage.orElse(false));
    }

    private static Optional<Integer> logprobs(Fields body) {
        boolean wanted = body.flag("logprobs");
        var top = body.whole("top_logprobs", 0, MOST_ALTERNATIVES);
        if (!wanted && top.isPresent()) {
            throw ApiError.parameter("top_logprobs", "'top_logprobs' needs 'logprobs' to be true.");
        }
        return wanted ? top.or(() -> Optional.of(0)) : Optional.empty();
    }

    /** To be sent. */
    Request<? extends SpecificRecord> request() {
        return (caption ? Request.caption(picture, captionTask()) : Request.ask(picture, questions())).model(model);
    }

    private Caption captionTask() {
        var task = Caption.newBuilder();
        maxTokens.filter(most -> most < MOST_TOKENS).ifPresent(task::setMaxTokens);
        return task.build();
    }

    private List<Question> questions() {
        return new ArrayList<>(shape.questions(words));
    }
}

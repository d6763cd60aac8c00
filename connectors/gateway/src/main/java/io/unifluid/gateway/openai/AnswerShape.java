package io.unifluid.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.http.Json;
import io.unifluid.schemas.Answer;
import io.unifluid.schemas.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** In which form an answer is wanted: as {@code response_format} says it. */
sealed interface AnswerShape {
    /** What shall be asked; where a member of a schema has no description of its own, the user's words. */
    List<Question> questions(String words);

    /** The content of the message. */
    String content(List<Answer> answers);

    /** Text. */
    record Plain() implements AnswerShape {
        @Override
        public List<Question> questions(String words) {
            return List.of(Question.newBuilder().setText(words).build());
        }

        @Override
        public String content(List<Answer> answers) {
            return answers.getFirst().getText();
        }
    }

    /** A JSON object, or a single JSON value where the schema is one. */
    record Structured(List<Member> members, boolean object) implements AnswerShape {
        @Override
        public List<Question> questions(String words) {
            return members.stream().map(member -> member.question(words)).toList();
        }

        @Override
        public String content(List<Answer> answers) {
            if (!object) {
                return Json.text(members.getFirst().value(answers.getFirst()));
            }
            var all = Json.object();
            for (int i = 0; i < members.size(); i++) {
                all.set(members.get(i).name(), members.get(i).value(answers.get(i)));
            }
            return Json.text(all);
        }
    }

    /**
     * One that is to be answered.
     *
     * @param asks its own question
     * @param choices closed answers; none for a free one
     * @param yesOrNo whether it is true or false in JSON
     */
    record Member(String name, Optional<String> asks, List<String> choices, boolean yesOrNo) {
        private static final String YES = "yes";
        private static final String NO = "no";

        Question question(String words) {
            return Question.newBuilder()
                    .setText(asks.orElse(words))
                    .setChoices(choices)
                    .build();
        }

        JsonNode value(Answer answer) {
            var nodes = Json.object().arrayNode();
            return yesOrNo ? nodes.booleanNode(answer.getText().equals(YES)) : nodes.textNode(answer.getText());
        }

        static Member of(String name, Fields schema) {
            var asks = schema.text("description").filter(text -> !text.isBlank());
            var type = schema.text("type");
            var choices = schema.texts("enum");
            schema.mayHave("title", "default", "examples");
            schema.end();
            if (!choices.isEmpty() && type.orElse("string").equals("string")) {
                if (choices.size() < 2) {
                    throw ApiError.parameter(
                            schema.path("enum"), "'" + schema.path("enum") + "' must have two choices or more.");
                }
                return new Member(name, asks, choices, false);
            }
            return switch (type.orElse("")) {
                case "string" -> new Member(name, asks, List.of(), false);
                case "boolean" -> new Member(name, asks, List.of(YES, NO), true);
                default ->
                    throw ApiError.parameter(
                            schema.path("type"),
                            "unsupported_value",
                            "'" + schema.path("type")
                                    + "' must be string, with or without an enum, or boolean: nothing else is answered here.");
            };
        }
    }

    static AnswerShape of(Fields format) {
        var type = format.needText("type");
        var shape = switch (type) {
            case "text" -> new Plain();
            case "json_schema" -> schema(format.needObject("json_schema"));
            default ->
                throw ApiError.parameter(
                        format.path("type"),
                        "unsupported_value",
                        "'" + format.path("type") + "' must be text or json_schema.");
        };
        format.end();
        return shape;
    }

    private static AnswerShape schema(Fields named) {
        var schema = named.needObject("schema");
        named.mayHave("name", "description", "strict");
        named.end();
        if (!schema.text("type").orElse("").equals("object")) {
            return new Structured(List.of(Member.of("", schema)), false);
        }
        schema.mayHave("title", "description", "required", "additionalProperties", "$schema");
        var properties = schema.needObject("properties");
        schema.end();
        var members = new ArrayList<Member>();
        for (var name : properties.names()) {
            members.add(Member.of(name, properties.needObject(name)));
        }
        if (members.isEmpty()) {
            throw ApiError.parameter(
                    schema.path("properties"), "'" + schema.path("properties") + "' has no member to be answered.");
        }
        return new Structured(List.copyOf(members), true);
    }
}

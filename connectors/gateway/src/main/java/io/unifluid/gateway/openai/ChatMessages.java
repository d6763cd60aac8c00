package io.unifluid.gateway.openai;

import io.unifluid.client.Picture;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Fields;
import io.unifluid.gateway.picture.PictureParts;
import java.util.ArrayList;

/**
 * The one message that a model here takes: a picture, and words about it.
 *
 * @param words stripped; empty for none
 */
record ChatMessages(Picture picture, String words) {
    private static final String MESSAGES = "messages";

    static ChatMessages of(Fields body, PictureParts.Source pictures) {
        var messages = body.objects(MESSAGES);
        if (messages.isEmpty()) {
            throw ApiError.parameter(
                    MESSAGES, "missing_required_parameter", "'messages' is missing: give one message of the user.");
        }
        if (messages.size() > 1) {
            throw ApiError.unsupported(
                    MESSAGES,
                    "'messages' has " + messages.size()
                            + " messages, and the model follows neither a system message nor a conversation: send one message of the user.");
        }
        var message = messages.getFirst();
        var role = message.needText("role");
        if (!role.equals("user")) {
            throw ApiError.parameter(
                    message.path("role"), "unsupported_value", "'" + message.path("role") + "' must be user.");
        }
        message.mayHave("name");
        var words = new StringBuilder();
        var found = new ArrayList<Picture>();
        if (message.any("content").filter(content -> content.isTextual()).isPresent()) {
            words.append(message.text("content").orElse(""));
        } else {
            for (var part : message.objects("content")) {
                switch (part.needText("type")) {
                    case "text" ->
                        words.append(words.isEmpty() ? "" : "\n")
                                .append(part.text("text").orElse(""));
                    case "image_url" -> found.add(pictures.url(part.needObject("image_url")));
                    case "file" -> found.add(pictures.file(part.needObject("file")));
                    default ->
                        throw ApiError.parameter(
                                part.path("type"),
                                "unsupported_value",
                                "'" + part.path("type") + "' must be text, image_url or file.");
                }
                part.end();
            }
        }
        message.end();
        if (found.size() != 1) {
            throw ApiError.parameter(
                    message.path("content"),
                    found.isEmpty()
                            ? "'" + message.path("content")
                                    + "' has no picture, and the model answers about pictures alone: add a part of the type image_url."
                            : "'" + message.path("content") + "' has " + found.size()
                                    + " pictures, and the model looks at one: send a request for each.");
        }
        return new ChatMessages(found.getFirst(), words.toString().strip());
    }
}

package io.unifluid.gateway.openai;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DescribingTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Describe this image.",
                "describe the picture",
                "Please describe the attached photo in one sentence.",
                "Can you describe this?",
                "Caption this image",
                "Write a caption for this picture.",
                "Generate a short description of the image",
                "Provide alt text for this image.",
                "Describe what you see.",
                "Describe what\u2019s in this image",
                "Tell me what you see in the picture!",
                "Summarize this screenshot",
                "caption:",
                "Describe the image in detail."
            })
    void anInstructionToDescribe(String words) {
        assertThat(Describing.is(words)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "What color is the background?",
                "Describe the man's shirt.",
                "Describe the text on the sign",
                "How many dogs are there?",
                "Is there a cat in this picture?",
                "Count the people in the image",
                "Write a caption in the style of Shakespeare about the left figure",
                "Describe the background color of this image"
            })
    void aQuestion(String words) {
        assertThat(Describing.is(words)).isFalse();
    }
}

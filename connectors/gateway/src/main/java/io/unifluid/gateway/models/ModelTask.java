package io.unifluid.gateway.models;

/** What a model does or does not, as workers announce it. */
public enum ModelTask {
    CAPTION("caption", "describe pictures"),
    ASK("vqa", "answer questions about pictures"),
    GENERATE("generate", "make pictures"),
    EDIT("edit", "change pictures");

    private final String announced;
    private final String words;

    ModelTask(String announced, String words) {
        this.announced = announced;
        this.words = words;
    }

    String announced() {
        return announced;
    }

    /** Behind "does not". */
    public String words() {
        return words;
    }
}

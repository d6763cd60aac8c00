package io.unifluid.inference.support;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.inference.BundleException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Turns users' words into token ids and back. Owns the tokenizer, and closes it. */
public final class Prompts implements AutoCloseable {
    /** Stands for the user's words in a template; no template holds it by chance. */
    public static final String PLACE = "\uE000";

    /** How every mark of this family begins. */
    private static final String MARK = "<|";

    /** No token is longer, so longer texts are refused without being tokenized. */
    private static final int CHARS_PER_TOKEN = 64;

    static {
        prepareLibrary();
    }

    private final HuggingFaceTokenizer tokenizer;
    /** What the tokenizer would read as a mark wherever it stands. */
    private final List<String> marks;

    private final int maxTokens;
    private final long pad;
    private final long eos;

    private Prompts(HuggingFaceTokenizer tokenizer, List<String> marks, int maxTokens, long pad, long eos) {
        this.tokenizer = tokenizer;
        this.marks = marks;
        this.maxTokens = maxTokens;
        this.pad = pad;
        this.eos = eos;
    }

    /**
     * Opens a tokenizer.json.
     *
     * @param maxTokens longest prompt in tokens, template included
     */
    public static Prompts open(Path tokenizer, int maxTokens, long pad, long eos) {
        Map<String, String> options = Map.of(
                "addSpecialTokens", "false",
                "padding", "do_not_pad",
                "truncation", "do_not_truncate");
        try {
            return new Prompts(
                    HuggingFaceTokenizer.newInstance(tokenizer, options), marks(tokenizer), maxTokens, pad, eos);
        } catch (LinkageError e) {
            throw new BundleException(
                    "The tokenizer's native library cannot be loaded (" + (e.getCause() == null ? e : e.getCause())
                            + "); let DJL_CACHE_DIR name a folder that can be written.",
                    e);
        } catch (IOException | RuntimeException e) {
            throw new BundleException(
                    "File " + tokenizer + " cannot be read as a tokenizer (" + e.getMessage()
                            + "); download or export the bundle again.",
                    e);
        }
    }

    private static List<String> marks(Path tokenizer) throws IOException {
        List<String> marks = new ArrayList<>(List.of(MARK));
        for (JsonNode added : new ObjectMapper().readTree(tokenizer.toFile()).path("added_tokens")) {
            String content = added.path("content").asText().strip();
            if (!content.isEmpty() && !content.contains(MARK)) {
                marks.add(content);
            }
        }
        return List.copyOf(marks);
    }

    /** The tokenizer's library would look for a GPU build of itself on the network, and report its use by HTTP. */
    public static void prepareLibrary() {
        setUnlessSet("RUST_FLAVOR", "cpu");
        setUnlessSet("OPT_OUT_TRACKING", "true");
    }

    private static void setUnlessSet(String name, String value) {
        if (System.getProperty(name) == null && System.getenv(name) == null) {
            System.setProperty(name, value);
        }
    }

    /**
     * Token ids of a template with the user's words in it.
     *
     * @param what names the words in a message, for example "prompt"
     */
    public long[] encode(String template, String words, String what) throws BadItem {
        checkLength(words, what);
        long[] ids = ids(template.replace(PLACE, withoutMarks(Words.plain(words))));
        if (ids.length > maxTokens) {
            throw new BadItem("The " + what + " takes " + ids.length + " tokens and this model reads at most "
                    + maxTokens + "; shorten it.");
        }
        return ids;
    }

    /**
     * Token ids of an answer to be scored, its end mark included.
     *
     * @param maxTokens longest answer, end mark included
     * @param of which question it belongs to, as a message goes on, for example " of question 2"; may be empty
     */
    public long[] encodeAnswer(String answer, int maxTokens, String of) throws BadItem {
        checkLength(answer, "choice" + of);
        long[] words = Words.sayNothing(answer) ? new long[0] : ids(withoutMarks(Words.plain(answer)));
        if (words.length == 0) {
            throw new BadItem("A choice" + of + " is empty; give each choice a text.");
        }
        if (words.length + 1 > maxTokens) {
            throw new BadItem("The choice \"" + shortened(answer) + "\"" + of + " takes " + (words.length + 1)
                    + " tokens and this model answers with at most " + maxTokens + "; shorten it.");
        }
        long[] ids = new long[words.length + 1];
        System.arraycopy(words, 0, ids, 0, words.length);
        ids[words.length] = eos;
        return ids;
    }

    /** The text of generated ids, which may end in an end mark and padding. */
    public String decode(long[] ids) {
        int length = textLength(ids);
        return length == 0
                ? ""
                : tokenizer.decode(Arrays.copyOf(ids, length), true).strip();
    }

    /** How many of the generated ids are text: those before the end mark or padding. */
    public int textLength(long[] ids) {
        int length = 0;
        while (length < ids.length && ids[length] != eos && ids[length] != pad) {
            length++;
        }
        return length;
    }

    private void checkLength(String words, String what) throws BadItem {
        if (words.length() > maxTokens * CHARS_PER_TOKEN) {
            throw new BadItem("The " + what + " has " + words.length() + " characters and this model reads at most "
                    + maxTokens + " tokens; shorten it.");
        }
    }

    private long[] ids(String text) {
        return tokenizer.encode(text, false, false).getIds();
    }

    /** A user must not write the model's own marks; removing one may join up another. */
    private String withoutMarks(String words) {
        String text = words;
        String before;
        do {
            before = text;
            for (String mark : marks) {
                text = text.replace(mark, "");
            }
        } while (!text.equals(before));
        return text;
    }

    public static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + ".." : text;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}

package io.unifluid.inference.decoding;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.support.BadItem;
import io.unifluid.inference.support.Prompts;
import io.unifluid.inference.support.Words;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * The tokenizer of a public model, twice: as it is, for templates, and without its marks, for users' words, in which
 * "&lt;image&gt;" is seven letters between brackets. Owns both, and closes them.
 */
public final class Tokens implements AutoCloseable {
    /** The mark of one row of a picture's features. */
    public static final String IMAGE = "<image>";

    /** No token is longer, so longer texts are refused without being tokenized. */
    private static final int CHARS_PER_TOKEN = 64;

    /** Of the private use area: users' words do not hold it. */
    private static final char HIDDEN = '\uE001';

    private final HuggingFaceTokenizer whole;
    private final HuggingFaceTokenizer plain;
    /** Ids of marks by what they are written as. */
    private final Map<String, Long> marks;

    private final long imageId;
    /** What stands around words, with hundreds of marks for a picture, is the same for many. */
    private final Map<String, long[]> known = new ConcurrentHashMap<>();

    private Tokens(HuggingFaceTokenizer whole, HuggingFaceTokenizer plain, Map<String, Long> marks, long imageId) {
        this.whole = whole;
        this.plain = plain;
        this.marks = marks;
        this.imageId = imageId;
    }

    /**
     * Opens a tokenizer.json.
     *
     * @param isMark added tokens that are marks beside those that the file calls special
     * @param imageId what {@link #IMAGE} becomes, whether the tokenizer knows it or not
     * @throws BundleException if it cannot be read
     */
    public static Tokens open(Path file, Predicate<String> isMark, long imageId) {
        Prompts.prepareLibrary();
        Map<String, String> options = Map.of(
                "addSpecialTokens", "false",
                "padding", "do_not_pad",
                "truncation", "do_not_truncate",
                "modelMaxLength", String.valueOf(Integer.MAX_VALUE),
                "maxLength", String.valueOf(Integer.MAX_VALUE));
        try {
            ObjectNode json = (ObjectNode) new ObjectMapper().readTree(Files.readAllBytes(file));
            Map<String, Long> marks = new LinkedHashMap<>();
            byte[] hidden = withoutMarks(json, isMark, marks);
            marks.put(IMAGE, imageId);
            HuggingFaceTokenizer whole = HuggingFaceTokenizer.newInstance(file, options);
            try (InputStream in = new ByteArrayInputStream(hidden)) {
                return new Tokens(whole, HuggingFaceTokenizer.newInstance(in, options), Map.copyOf(marks), imageId);
            } catch (IOException | RuntimeException | Error e) {
                whole.close();
                throw e;
            }
        } catch (LinkageError e) {
            throw new BundleException(
                    "The tokenizer's native library cannot be loaded (" + (e.getCause() == null ? e : e.getCause())
                            + "); let DJL_CACHE_DIR name a folder that can be written.",
                    e);
        } catch (IOException | RuntimeException e) {
            throw new BundleException(
                    "File " + file + " cannot be read as a tokenizer (" + e.getMessage()
                            + "); download or import the model again.",
                    e);
        }
    }

    /**
     * Ids go by the order of added tokens, so that those outside the vocabulary are renamed, not removed: else the ids of
     * the others would move.
     */
    private static byte[] withoutMarks(ObjectNode json, Predicate<String> isMark, Map<String, Long> marks)
            throws IOException {
        JsonNode vocabulary = json.path("model").path("vocab");
        ArrayNode kept = new ObjectMapper().createArrayNode();
        for (JsonNode added : json.path("added_tokens")) {
            String content = added.path("content").asText();
            if (!added.path("special").asBoolean() && !isMark.test(content)) {
                kept.add(added);
                continue;
            }
            marks.put(content, added.path("id").asLong());
            if (!holds(vocabulary, content)) {
                ObjectNode hidden = added.deepCopy();
                hidden.put("content", HIDDEN + String.valueOf(marks.size()) + HIDDEN);
                kept.add(hidden);
            }
        }
        json.set("added_tokens", kept);
        return new ObjectMapper().writeValueAsBytes(json);
    }

    private static boolean holds(JsonNode vocabulary, String content) {
        if (vocabulary.isArray()) {
            for (JsonNode piece : vocabulary) {
                if (piece.path(0).asText().equals(content)) {
                    return true;
                }
            }
            return false;
        }
        return vocabulary.has(content);
    }

    /** Ids of text of our own, in which marks are marks. */
    public long[] marked(String text) {
        return known.computeIfAbsent(text, this::read);
    }

    /** A tokenizer takes what stands between two marks by itself, so that hundreds of the picture's need not go through it. */
    private long[] read(String text) {
        LongStream.Builder ids = LongStream.builder();
        String rest = text;
        while (!rest.isEmpty()) {
            int mark = rest.indexOf(IMAGE);
            String before = mark < 0 ? rest : rest.substring(0, mark);
            if (!before.isEmpty()) {
                for (long id : whole.encode(before, false, false).getIds()) {
                    ids.add(id);
                }
            }
            if (mark >= 0) {
                ids.add(imageId);
            }
            rest = mark < 0 ? "" : rest.substring(mark + IMAGE.length());
        }
        return ids.build().toArray();
    }

    /**
     * Ids of a template with a user's words in it.
     *
     * @param what names the words in a message, for example "question"
     * @param most tokens that are left for it
     */
    public long[] fill(Template template, String words, String what, int most) throws BadItem {
        checkLength(words, what, most);
        String text = words.isBlank() ? template.text().replace(" " + Prompts.PLACE, Prompts.PLACE) : template.text();
        int place = text.indexOf(Prompts.PLACE);
        int from = 0;
        int to = text.length();
        for (String mark : marks.keySet()) {
            int before = text.lastIndexOf(mark, place - 1);
            if (before >= 0 && before + mark.length() <= place) {
                from = Math.max(from, before + mark.length());
            }
            int after = text.indexOf(mark, place);
            if (after >= 0) {
                to = Math.min(to, after);
            }
        }
        String middle = text.substring(from, to).replace(Prompts.PLACE, Words.plain(words));
        long[] ids = join(marked(text.substring(0, from)), plain(middle), marked(text.substring(to)));
        if (ids.length > most) {
            throw new BadItem("The " + what + " takes " + ids.length
                    + " tokens with what stands around it and this model has room for " + Math.max(0, most)
                    + "; shorten it.");
        }
        return ids;
    }

    /**
     * Ids of an answer to be scored, its end mark included.
     *
     * @param of which question it belongs to, as a message goes on, for example " of question 2"; may be empty
     * @param most tokens, end mark included
     */
    public long[] answer(Template template, String answer, String of, long end, int most) throws BadItem {
        checkLength(answer, "choice" + of, most);
        if (Words.sayNothing(answer)) {
            throw new BadItem("A choice" + of + " is empty; give each choice a text.");
        }
        long[] ids = join(plain(template.text().replace(Prompts.PLACE, Words.plain(answer))), new long[] {end});
        if (ids.length > most) {
            throw new BadItem("The choice \"" + Prompts.shortened(answer) + "\"" + of + " takes " + ids.length
                    + " tokens and this model answers with at most " + most + "; shorten it.");
        }
        return ids;
    }

    private void checkLength(String words, String what, int most) throws BadItem {
        if (words.length() > Math.max(1L, most) * CHARS_PER_TOKEN) {
            throw new BadItem("The " + what + " has " + words.length() + " characters and this model has room for "
                    + most + " tokens; shorten it.");
        }
    }

    private long[] plain(String text) {
        return text.isEmpty() ? new long[0] : plain.encode(text, false, false).getIds();
    }

    private static long[] join(long[]... parts) {
        return Arrays.stream(parts).flatMapToLong(LongStream::of).toArray();
    }

    /** The text of generated ids, without marks. */
    public String decode(long[] ids) {
        return ids.length == 0 ? "" : whole.decode(ids, true).strip();
    }

    @Override
    public void close() {
        whole.close();
        plain.close();
    }
}

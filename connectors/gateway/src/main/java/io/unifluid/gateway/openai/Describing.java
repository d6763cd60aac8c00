package io.unifluid.gateway.openai;

import java.util.Locale;
import java.util.regex.Pattern;

/** Tells an instruction to describe the whole picture from a question about something in it. */
final class Describing {
    private static final String PICTURE =
            "(?:image|picture|photo|photograph|pic|scene|illustration|drawing|screenshot|it|this|that)";
    private static final String THE = "(?:the|this|that|my|following|attached|given|above|provided|whole|entire)";
    private static final String TAIL =
            "(?:\\s+(?:in|with|using)\\s+(?:one|a|1|two|a few|some|full|great|more|as much|short|single|few|brief)?\\s*"
                    + "(?:short |single |brief |simple |complete |full )?(?:sentences?|words?|detail|details|paragraph|english)"
                    + "|\\s+(?:briefly|shortly|please|in detail|for me|to me|for the blind|for alt text))*";
    private static final String OBJECT = "(?:\\s+" + THE + ")*(?:\\s+" + PICTURE + ")?";
    private static final Pattern WHOLE = Pattern.compile("(?:(?:please|kindly|can you|could you|would you|now)[ ,]+)*"
            + "(?:(?:briefly|shortly)\\s+)?(?:please\\s+)?"
            + "(?:(?:describe|caption|summari[sz]e|explain)" + OBJECT
            + "(?:\\s+(?:what you see|what is shown|what's shown|what is in (?:it|the picture|the image)))?"
            + "|(?:describe|tell me|say|explain|report)\\s+what(?:'s| is| you| can be)\\s*(?:see|seen|shown|visible)?"
            + "(?:\\s+(?:in|on|here))?" + OBJECT
            + "|(?:write|give|generate|provide|create|produce|make|suggest)(?:\\s+me)?(?:\\s+(?:a|an|one|the))?"
            + "(?:\\s+(?:short|brief|one-sentence|single-sentence|detailed|concise|good|simple|image))*"
            + "\\s+(?:caption|description|alt text|alt-text|summary)(?:\\s+(?:of|for)" + OBJECT + ")?"
            + "|(?:image |picture )?(?:caption|description|alt text))"
            + TAIL);

    private Describing() {}

    /** @param words as the user wrote them; none at all ask for a description, too */
    static boolean is(String words) {
        var plain = words.toLowerCase(Locale.ROOT)
                .replace('\u2019', '\'')
                .replaceAll("\\s+", " ")
                .replaceAll("[.!?:\\s]+$", "")
                .strip();
        return plain.isEmpty() || WHOLE.matcher(plain).matches();
    }
}

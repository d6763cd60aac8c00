package io.unifluid.blobs.fetch;

/** What a sentence may repeat of a stranger's text: short, printable, and without the secrets in a query. */
final class Redaction {
    private static final int LONGEST = 200;

    private Redaction() {}

    /** The URI without query, fragment and user information: signed URLs keep their secrets there. */
    static String uri(String uri) {
        String bare = uri.replaceFirst("[?#].*", "").replaceFirst("^([A-Za-z]+://)[^/]*@", "$1");
        return text(bare);
    }

    static String text(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= LONGEST ? printable : printable.substring(0, LONGEST) + "..";
    }

    static FetchException tooLarge(String uri, long maxBytes) {
        return FetchException.badInput("The picture " + uri(uri) + " is larger than " + maxBytes
                + " bytes: send a smaller one or raise " + FetchSettings.MAX_BYTES + ".");
    }
}

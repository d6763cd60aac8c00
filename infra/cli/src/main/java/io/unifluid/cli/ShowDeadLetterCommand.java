package io.unifluid.cli;

import io.unifluid.blobs.BlobStores;
import io.unifluid.client.Cluster;
import io.unifluid.client.Why;
import io.unifluid.operations.deadletter.DeadLetter;
import io.unifluid.operations.deadletter.DeadLetterTopic;
import io.unifluid.operations.deadletter.HexDump;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows all of one dead letter. */
@Command(
        name = "show",
        description = "Show a dead letter: why, headers, the decoded record where it can be decoded, and its bytes.",
        mixinStandardHelpOptions = true)
final class ShowDeadLetterCommand implements Callable<Integer> {
    private static final Pattern PLACE = Pattern.compile("(\\d{1,9})/(\\d{1,18})");
    private static final int SHOWN_BYTES = 1024;

    private final Screen screen = Screen.standard();

    @Mixin
    private ClusterOptions cluster;

    @Parameters(index = "0", paramLabel = "PARTITION/OFFSET", description = "the place, as list shows it")
    private String place;

    @Option(names = "--save", paramLabel = "FILE", description = "write the original bytes to a file as well")
    private Path save;

    @Option(names = "--force", description = "--save may replace a file that is there already")
    private boolean force;

    @Option(names = "--all", description = "show all bytes, not only the first " + SHOWN_BYTES)
    private boolean all;

    @Override
    public Integer call() {
        var where = PLACE.matcher(place);
        if (!where.matches()) {
            throw new IllegalArgumentException("'" + place
                    + "' is no place of a dead letter: write PARTITION/OFFSET as list shows it, such as 2/17.");
        }
        requireNew();
        var on = cluster.cluster();
        try (var topic = new DeadLetterTopic(on)) {
            var letter = topic.at(Integer.parseInt(where.group(1)), Long.parseLong(where.group(2)))
                    .orElseThrow(() -> new IllegalArgumentException("There is no dead letter at " + place
                            + ": it has expired, or never was; 'dead-letters list' shows what is there."));
            screen.result("reason     " + letter.reason());
            letter.missing().ifPresent(missing -> screen.result("missing    " + missing));
            screen.result("from       " + letter.origin().orElse("unknown"));
            screen.result("since      " + letter.at());
            screen.result("redriven   "
                    + topic.redriven()
                            .of(letter)
                            .map(sent -> "at " + sent.at() + ", the record " + sent.times() + " times in all")
                            .orElse(
                                    letter.redrives() == 0
                                            ? "never"
                                            : "not since, the record " + letter.redrives() + " times before"));
            screen.result("key        " + (letter.record().key() == null ? "(none)" : letter.key()));
            for (var header : letter.ownHeaders()) {
                screen.result("header     " + header.key() + " = " + HexDump.text(header.value()));
            }
            pictures(on, letter);
            var decoded = topic.decoding().decode(letter);
            screen.result("decoded    " + decoded.record().map(Object::toString).orElse(decoded.problem()));
            bytes(letter);
        }
        return ExitCode.OK;
    }

    private void requireNew() {
        if (save != null && !force && Files.isRegularFile(save)) {
            throw new IllegalArgumentException(
                    "--save " + save + " is there already: name another file, or replace it with --force.");
        }
    }

    private void pictures(Cluster on, DeadLetter letter) {
        for (var claim : letter.claims()) {
            var state = "";
            if (on.blobs().isPresent()) {
                try (var store = BlobStores.open(on.blobs().get())) {
                    state = store.exists(claim) ? " (in the blob store)" : " (no longer in the blob store)";
                }
            }
            screen.result("picture    " + claim + state);
        }
    }

    private void bytes(DeadLetter letter) {
        var value = letter.record().value();
        if (value == null) {
            screen.result("bytes      none");
            return;
        }
        int shown = all ? value.length : Math.min(value.length, SHOWN_BYTES);
        screen.result("bytes      " + value.length
                + (shown < value.length ? ", the first " + shown + " of them (--all shows all):" : ":"));
        HexDump.lines(value, shown).forEach(screen::result);
        if (save != null) {
            try {
                Files.write(save, value);
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "--save " + save + " cannot be written (" + Why.of(e) + "): name another file.", e);
            }
            screen.result("saved      " + value.length + " bytes to " + save);
        }
    }
}

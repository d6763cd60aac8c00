package io.unifluid.archive.row;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** One JSON object a line. */
final class JsonLinesShard implements RowFormat.ShardWriter {
    @Override
    public Optional<Path> write(Path folder, String name, RowFormat.Shard shard) throws IOException {
        var file = folder.resolve(name + ".jsonl");
        WholeFile.write(file, out -> {
            for (int index = 0; index < shard.count(); index++) {
                out.write(shard.json(index));
                out.write('\n');
            }
        });
        return Optional.of(file);
    }
}

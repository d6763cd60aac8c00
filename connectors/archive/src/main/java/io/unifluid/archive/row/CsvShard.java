package io.unifluid.archive.row;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** RFC 4180 with a head; lists are JSON within their column. */
final class CsvShard implements RowFormat.ShardWriter {
    @Override
    public Optional<Path> write(Path folder, String name, RowFormat.Shard shard) throws IOException {
        var file = folder.resolve(name + ".csv");
        WholeFile.write(file, out -> {
            var writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            var csv = new CSVPrinter(writer, CSVFormat.RFC4180);
            csv.printRecord(Column.ALL.stream().map(Column::name).toList());
            for (int index = 0; index < shard.count(); index++) {
                var columns = shard.row(index).columns();
                var values = new ArrayList<String>();
                for (var column : Column.ALL) {
                    var value = columns.get(column.name());
                    values.add(value == null ? "" : value.isContainerNode() ? value.toString() : value.asText());
                }
                csv.printRecord(values);
            }
            csv.flush();
        });
        return Optional.of(file);
    }
}

import java.util.ArrayList;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.hadoop.HadoopCatalog;

/**
 * Prints a table's schema, and then its rows, by Iceberg's own reader. On the jars of the sink beside it; it has no part in the build.
 *
 * <p>Usage: {@code java IcebergRows.java WAREHOUSE NAMESPACE.TABLE COLUMN..}
 */
final class IcebergRows {
    public static void main(String[] arguments) throws Exception {
        try (var catalog = new HadoopCatalog()) {
            catalog.setConf(new Configuration());
            catalog.initialize("local", Map.of("warehouse", arguments[0]));
            var table = catalog.loadTable(TableIdentifier.parse(arguments[1]));
            table.schema().columns().forEach(column -> System.out.println("column " + column.name() + " " + column.type()));
            try (var rows = IcebergGenerics.read(table).build()) {
                for (var row : rows) {
                    var values = new ArrayList<String>();
                    for (int at = 2; at < arguments.length; at++) {
                        values.add(String.valueOf(row.getField(arguments[at])));
                    }
                    System.out.println("row " + String.join("|", values));
                }
            }
        }
    }
}

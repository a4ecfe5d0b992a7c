package dev.flipbook.examples;

import dev.flipbook.server.Flipbook;
import dev.flipbook.server.generate.StreamedResponse;
import dev.flipbook.web.BadRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * Streams a database table of a million rows as a page, row by row, in a heap of 64 MB. The table is in an embedded H2
 * database, or in the database whose JDBC URL is the argument; it is made if it does not exist.
 */
final class StockTable {

    private static final int ROWS = 1_000_000;
    private static final int BATCH = 1000;

    private static final Template HEADER = Template.of("stock-table/header.html");
    private static final Template ROW = Template.of("stock-table/row.html");
    private static final Template FOOTER = Template.of("stock-table/footer.html");

    private StockTable() {}

    public static void main(String[] arguments) throws Exception {
        String database = arguments.length > 0 ? arguments[0] : embedded();
        int port = Integer.getInteger("port", 8080);
        fill(database, ROWS);
        try (Flipbook flipbook = start(port, database)) {
            try (InputStream row =
                    flipbook.address().resolve("stock-table?limit=1").toURL().openStream()) {
                row.readAllBytes(); // warms up, so that the first reader need not wait
            }
            System.out.println("Open " + flipbook.address().resolve("stock-table"));
            Thread.currentThread().join(); // until Ctrl-C
        }
    }

    // region page
    static Flipbook start(int port, String database) throws IOException {
        Flipbook flipbook = Flipbook.start(port);
        flipbook.page("/stock-table", StreamedResponse.html(out -> {
            int limit = wholeNumber(out.request().query("limit").orElse("1000000000"));
            HEADER.write(out);
            int count = 0;
            try (Connection connection = DriverManager.getConnection(database);
                    PreparedStatement query = stocks(connection, limit);
                    ResultSet stocks = query.executeQuery()) {
                for (; stocks.next(); count++) {
                    ROW.write(
                            out,
                            stocks.getString(1),
                            stocks.getString(2),
                            stocks.getString(3),
                            stocks.getString(4),
                            stocks.getString(5));
                }
            }
            FOOTER.write(out, Integer.toString(count));
        }));
        return flipbook;
    }
    // endregion

    // region query
    private static PreparedStatement stocks(Connection connection, int limit) throws SQLException {
        connection.setAutoCommit(false); // with auto-commit, PostgreSQL sends all rows at once
        PreparedStatement query = connection.prepareStatement(
                "SELECT id, symbol, name, price, volume FROM stock ORDER BY id LIMIT " + limit);
        query.setFetchSize(BATCH); // rows that are fetched at a time
        return query;
    }
    // endregion

    private static int wholeNumber(String limit) {
        if (!limit.matches("\\d{1,9}|1000000000")) {
            throw new BadRequestException("limit is a whole number of at most nine digits, not '" + limit + "'");
        }
        return Integer.parseInt(limit);
    }

    /**
     * An embedded database in a folder that is deleted at exit. LAZY_QUERY_EXECUTION makes H2 return rows while it
     * reads them, instead of after the last one.
     */
    static String embedded() throws IOException {
        Path folder = Files.createTempDirectory("stock-table");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        return "jdbc:h2:" + folder.resolve("stock") + ";LAZY_QUERY_EXECUTION=1;CACHE_SIZE=8192;DB_CLOSE_DELAY=-1"
                + ";DB_CLOSE_ON_EXIT=FALSE";
    }

    private static void delete(Path folder) {
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            System.err.println("StockTable: " + folder + " was not deleted: " + e.getMessage());
        }
    }

    /** Makes the table and its rows, unless there is one with rows. */
    static void fill(String database, int rows) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS stock (id INT PRIMARY KEY, symbol VARCHAR(9) NOT NULL,"
                    + " name VARCHAR(40) NOT NULL, price DECIMAL(10, 2) NOT NULL, volume INT NOT NULL)");
            try (ResultSet any = statement.executeQuery("SELECT id FROM stock LIMIT 1")) {
                if (any.next()) {
                    return;
                }
            }
            System.out.println("Filling the table with " + rows + " rows, which takes some seconds");
            connection.setAutoCommit(false);
            insert(connection, rows);
        }
    }

    private static void insert(Connection connection, int rows) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO stock VALUES (?, ?, ?, ?, ?)")) {
            for (int id = 1; id <= rows; id++) {
                insert.setInt(1, id);
                insert.setString(2, Integer.toString(id, 36).toUpperCase(Locale.ROOT));
                insert.setString(3, "Number " + id + " & Sons <Ltd>");
                insert.setBigDecimal(4, BigDecimal.valueOf(id * 7919L % 100_000, 2));
                insert.setInt(5, (int) (id * 104_729L % 10_000_000));
                insert.addBatch();
                if (id % BATCH == 0 || id == rows) {
                    insert.executeBatch();
                    connection.commit();
                }
            }
        }
    }
}

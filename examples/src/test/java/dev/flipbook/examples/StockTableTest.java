package dev.flipbook.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.server.Flipbook;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class StockTableTest {

    private static final int ROWS = 5000;

    @Test
    void everyRowArrivesBetweenHeaderAndFooter() throws Exception {
        String database = "jdbc:h2:mem:stock;LAZY_QUERY_EXECUTION=1;DB_CLOSE_DELAY=-1";
        StockTable.fill(database, ROWS);
        StockTable.fill(database, ROWS); // finds them
        try (Flipbook flipbook = StockTable.start(0, database);
                HttpClient http = HttpClient.newHttpClient()) {
            String table = get(http, flipbook, "stock-table").body();
            assertThat(table.lines().filter(line -> line.startsWith("<tr><td>")))
                    .hasSize(ROWS);
            assertThat(table)
                    .startsWith("<!doctype html>")
                    .contains("<tr><td>7<td>7<td>Number 7 &amp; Sons &lt;Ltd&gt;<td>554.33<td>733103\n")
                    .endsWith("<p>5000 rows.\n");
            assertThat(get(http, flipbook, "stock-table?limit=3").body()).endsWith("<p>3 rows.\n");
            HttpResponse<String> refused = get(http, flipbook, "stock-table?limit=all");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).isEqualTo("limit is a whole number of at most nine digits, not 'all'\n");
        }
    }

    private static HttpResponse<String> get(HttpClient http, Flipbook flipbook, String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(flipbook.address().resolve(path)).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }
}

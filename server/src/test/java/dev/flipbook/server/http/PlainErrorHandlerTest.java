package dev.flipbook.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.HttpTester;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Jetty refuses by itself is answered with one line of plain text, whatever the method. */
@Timeout(60)
class PlainErrorHandlerTest {

    private final Server server = new Server();
    private LocalConnector connector;

    @BeforeEach
    void start() throws Exception {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(1024);
        connector = new LocalConnector(server, new HttpConnectionFactory(http));
        server.addConnector(connector);
        server.setErrorHandler(new PlainErrorHandler());
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET / HTTP/1.1        | a b: c  | 400 | this is not a request that HTTP allows",
                "BREW / HTTP/1.1       | a b: c  | 400 | this is not a request that HTTP allows",
                "GET /LONG HTTP/1.1 | Host: a | 414 | the address is too long: at most 8 KiB are taken, with all headers",
                "GET / HTTP/1.1        | X: LONG | 431 | the headers are too large: at most 8 KiB are taken in all",
                "GET / HTTP/7.0        | Host: a | 505 | HTTP Version Not Supported",
                "DELETE / HTTP/1.1     | Host: a | 404 | Not Found"
            })
    void refusalIsALineOfPlainText(String line, String header, int status, String sentence) throws Exception {
        String request = (line + "\r\n" + header + "\r\n\r\n").replace("LONG", "x".repeat(2000));

        HttpTester.Response response = HttpTester.parseResponse(connector.getResponse(request));

        assertThat(response.getStatus()).isEqualTo(status);
        assertThat(response.get("Content-Type")).isEqualTo("text/plain;charset=utf-8");
        assertThat(response.getContent()).isEqualTo(sentence + "\n");
        assertThat(response.getLongField("Content-Length")).isEqualTo(sentence.length() + 1);
    }
}

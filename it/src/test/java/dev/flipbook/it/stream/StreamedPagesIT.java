package dev.flipbook.it.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.generate.StreamedResponse;
import dev.flipbook.server.generate.StreamedText;
import dev.flipbook.web.BadRequestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a program adds pages, and what clients that request these pages get. */
@Timeout(180)
class StreamedPagesIT {

    private final BlockingQueue<String> rows = new LinkedBlockingQueue<>();
    private final List<RawConnection> readers = new ArrayList<>();
    private Flipbook flipbook;

    @BeforeEach
    void serve() throws IOException {
        flipbook = Flipbook.start(0);
        page("/rows", out -> {
            for (String row = rows.take(); !row.isEmpty(); row = rows.take()) {
                out.println(row);
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        for (RawConnection reader : readers) {
            reader.close();
        }
        flipbook.close();
    }

    private void page(String path, StreamedResponse.Generator<StreamedText> generator) {
        flipbook.page(path, StreamedResponse.html(generator));
    }

    private RawConnection reader(String target) throws IOException {
        return asking("GET", target);
    }

    private RawConnection asking(String method, String target, String... headers) throws IOException {
        RawConnection reader = RawConnection.to(flipbook.port());
        readers.add(reader);
        return reader.ask(method, target, headers);
    }

    private RawConnection body(String target) throws IOException {
        RawConnection reader = reader(target);
        assertThat(reader.head().header("Transfer-Encoding")).isEqualTo("chunked");
        reader.readChunks();
        return reader;
    }

    private static String line(RawConnection reader) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = reader.read(); next != '\n'; next = reader.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    private static String text(RawConnection reader) throws IOException {
        return new String(reader.rest(), StandardCharsets.UTF_8);
    }

    @Test
    void whatTheGeneratorSaysOfABadRequestIsTheAnswer() throws IOException {
        page("/limited", out -> {
            String limit = out.request().query("limit").orElse("1");
            if (!limit.matches("\\d{1,6}")) {
                throw new BadRequestException("limit is a whole number, not '" + limit + "'");
            }
            out.write("rows: " + limit + ", for "
                    + out.request().header("User-Agent").orElse("nobody"));
        });
        assertThat(text(body("/limited?limit=7&x=%41"))).isEqualTo("rows: 7, for nobody");
        RawConnection refused = reader("/limited?limit=many");
        assertThat(refused.head().status()).isEqualTo(400);
        assertThat(text(refused)).isEqualTo("limit is a whole number, not 'many'\n");
        RawConnection unreadable = reader("/limited?limit=%G1");
        assertThat(unreadable.head().status()).isEqualTo(400);
        assertThat(text(unreadable)).startsWith("the query cannot be read");
    }

    @Test
    void headersAreThoseOfEveryAnswerAndTheProgramsOwn() throws IOException {
        flipbook.page(
                "/own",
                StreamedResponse.text("text/csv", out -> out.write("a,b"))
                        .withHeader("Content-Security-Policy", "default-src 'self'")
                        .withHeader("Cache-Control", "max-age=60"));
        assertThat(reader("/own").head().without("Date"))
                .containsEntry("Content-Type", "text/csv;charset=utf-8")
                .containsEntry("Content-Security-Policy", "default-src 'self'")
                .containsEntry("Cache-Control", "max-age=60")
                .containsEntry("X-Content-Type-Options", "nosniff")
                .containsEntry("Cross-Origin-Resource-Policy", "same-origin")
                .containsEntry("Connection", "close");
        assertThat(asking("HEAD", "/rows").head().header("Content-Type")).isEqualTo("text/html;charset=utf-8");
        assertThat(asking("POST", "/own", "Content-Length: 0").head().status()).isEqualTo(405);
    }

    @Test
    void oldClientsGetNoChunks() throws IOException {
        rows.addAll(List.of("first", ""));
        RawConnection reader = RawConnection.to(flipbook.port());
        readers.add(reader);
        reader.send("GET /rows HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
        assertThat(reader.head().headers()).doesNotContainKey("Transfer-Encoding");
        assertThat(text(reader)).isEqualTo("first\n");
    }

    @Test
    void anEmptyPageHasALength() throws IOException {
        page("/empty", out -> {});
        ResponseHead head = reader("/empty").head();
        assertThat(head.header("Content-Length")).isEqualTo("0");
        assertThat(head.headers()).doesNotContainKey("Transfer-Encoding");
    }

    @Test
    void iconIsThatOfThePageUnlessTheProgramHasOne() throws IOException {
        assertThat(reader("/favicon.ico").head().header("Content-Type")).isEqualTo("image/svg+xml");
        page("/favicon.ico", out -> out.write("own"));
        assertThat(text(body("/favicon.ico"))).isEqualTo("own");
    }

    @Test
    void pagesComeAndGoAtAnyTime() throws IOException {
        rows.add("first");
        RawConnection reader = body("/rows");
        line(reader);
        assertThat(flipbook.removePage("/rows")).isTrue();
        assertThat(flipbook.removePage("/rows")).isFalse();
        assertThat(flipbook.removePage("/healthz")).isFalse();
        assertThat(reader("/rows").head().status()).isEqualTo(404);
        rows.add("second");
        assertThat(line(reader)).isEqualTo("second");
        page("/rows", out -> out.write("another"));
        assertThat(text(body("/rows"))).isEqualTo("another");
    }

    @Test
    void wrongPathsTypesAndHeadersAreSentences() {
        StreamedResponse any = StreamedResponse.html(out -> {});
        for (String path : List.of("", "rows", "/a b", "/a?b", "/ä", "/%41", "/a//b", "/../a", "/a/..", "/{name}")) {
            assertThatThrownBy(() -> flipbook.page(path, any)).hasMessageContaining("is not a path for a page");
        }
        assertThatThrownBy(() -> flipbook.page("/rows", any))
                .hasMessageContaining("there is a page at '/rows' already");
        for (String path : List.of("/", "/feeds/x", "/feeds", "/healthz", "/api/x/y", "/metrics")) {
            assertThatThrownBy(() -> flipbook.page(path, any)).hasMessageContaining("is Flipbook's own");
        }
        assertThatThrownBy(() -> StreamedResponse.text("csv", out -> {})).hasMessageContaining("is not a content type");
        assertThatThrownBy(() -> StreamedResponse.text("text/csv; charset=latin1", out -> {}))
                .hasMessageContaining("charset");
        assertThatThrownBy(() -> any.withHeader("Content-Length", "1")).hasMessageContaining("cannot be set");
        assertThatThrownBy(() -> any.withHeader("X", "a\r\nb: c")).hasMessageContaining("the value of the header X");
        assertThatThrownBy(() -> any.withHeader("X:", "a")).hasMessageContaining("is not a name for a header");
    }
}

package dev.flipbook.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the servlet answers at once, with its headers. */
class FeedServletAnswersTest {

    private final Request asked = new Request();
    private final Response answer = new Response();
    private final HttpServletRequest request = FakeContainer.part(HttpServletRequest.class, asked);
    private final HttpServletResponse response = FakeContainer.part(HttpServletResponse.class, answer);

    @Test
    void aRefusalIsASentence() throws IOException {
        FeedServlet.refuse(404, "there is no feed 'door'", request, response);
        assertThat(answer.text()).isEqualTo("there is no feed 'door'\n");
        assertThat(answer.status).isEqualTo(404);
        assertThat(answer.headers)
                .isEqualTo(Map.of(
                        "Content-Type", "text/plain;charset=utf-8",
                        "Content-Length", "24",
                        "Cache-Control", "no-store",
                        "X-Content-Type-Options", "nosniff",
                        "Cross-Origin-Resource-Policy", "same-origin"));
    }

    @ParameterizedTest
    @CsvSource({"400, Bad Request", "404, Not Found", "405, Method Not Allowed", "503, Service Unavailable", "418, 418"
    })
    void whoAsksForJsonGetsTheRefusalAsAProblem(int status, String title) throws IOException {
        asked.accept = "application/json";
        FeedServlet.refuse(status, "so it is", request, response);
        assertThat(answer.text())
                .isEqualTo("{\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"so it is\"}");
        assertThat(answer.headers).containsEntry("Content-Type", "application/problem+json");
    }

    @Test
    void whoAsksForAnythingElseGetsTheSentence() throws IOException {
        asked.accept = "text/html";
        FeedServlet.refuse(400, "so it is", request, response);
        assertThat(answer.text()).isEqualTo("so it is\n");
    }

    @Test
    void aStatusIsJson() throws IOException {
        FeedServlet.status(List.of(1, 2), request, response);
        assertThat(answer.text()).isEqualTo("[1,2]\n");
        assertThat(answer.status).isEqualTo(200);
        assertThat(answer.headers)
                .containsEntry("Content-Type", "application/json")
                .containsEntry("Content-Length", "6");
    }

    @Test
    void aHeadRequestGetsTheHeadersAlone() throws IOException {
        asked.method = "HEAD";
        FeedServlet.status(List.of(1, 2), request, response);
        assertThat(answer.text()).isEmpty();
        assertThat(answer.headers).containsEntry("Content-Length", "6");
    }

    @Test
    void anApplicationThatLetsOtherPagesShowItsPicturesIsNotContradicted() throws IOException {
        answer.headers.put("Cross-Origin-Resource-Policy", "cross-origin");
        FeedServlet.status(List.of(), request, response);
        assertThat(answer.headers).containsEntry("Cross-Origin-Resource-Policy", "cross-origin");
    }

    static final class Request {

        @Nullable
        String accept;

        String method = "GET";

        @Nullable
        String getHeader(String name) {
            assertThat(name).isEqualTo("Accept");
            return accept;
        }

        String getMethod() {
            return method;
        }
    }

    static final class Response {

        final Map<String, String> headers = new TreeMap<>();
        int status;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        void setStatus(int code) {
            status = code;
        }

        void setHeader(String name, String value) {
            headers.put(name, value);
        }

        boolean containsHeader(String name) {
            return headers.containsKey(name);
        }

        void setContentType(String type) {
            headers.put("Content-Type", type);
        }

        void setContentLength(int length) {
            headers.put("Content-Length", Integer.toString(length));
        }

        ServletOutputStream getOutputStream() {
            return new ServletOutputStream() {
                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setWriteListener(WriteListener listener) {
                    throw new AssertionError("nothing waits for this answer");
                }

                @Override
                public void write(int one) {
                    body.write(one);
                }
            };
        }

        String text() {
            return body.toString(StandardCharsets.UTF_8);
        }
    }
}

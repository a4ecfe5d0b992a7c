package dev.flipbook.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemTest {

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "*/*", "text/html,image/avif"})
    void clientThatDoesNotNameJsonGetsALineOfText(@Nullable String accept) {
        Problem problem = Problem.of(Optional.ofNullable(accept), 404, "Not Found", "there is no feed 'é'");

        assertThat(problem.contentType()).isEqualTo("text/plain;charset=utf-8");
        assertThat(problem.bytes()).isEqualTo("there is no feed 'é'\n".getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/html, application/problem+json;q=0.9"})
    void clientThatNamesJsonGetsAProblem(String accept) {
        Problem problem = Problem.of(Optional.of(accept), 404, "Not Found", "there is no feed 'é'");

        assertThat(problem.contentType()).isEqualTo("application/problem+json");
        assertThat(problem.text())
                .isEqualTo("{\"title\":\"Not Found\",\"status\":404,\"detail\":\"there is no feed 'é'\"}");
    }

    @Test
    void quotesInASentenceStayInItsText() {
        assertThat(Problem.of(Optional.of("application/json"), 400, "Bad Request", "not \"a\"")
                        .text())
                .endsWith("\"detail\":\"not \\\"a\\\"\"}");
    }
}

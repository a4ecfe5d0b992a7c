package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.http.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which route a path has, with which methods. */
class RoutesTest {

    private static final Endpoint READ = exchange -> {};
    private static final Endpoint CHANGE = exchange -> {};

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "/healthz            | /healthz              | ''",
                "/healthz            | /healthz/             | none",
                "/healthz            | /HEALTHZ              | none",
                "/healthz            | /healthz;x            | none",
                "/healthz            | /                     | none",
                "/feeds/{name}.mjpg  | /feeds/cam.mjpg       | cam",
                "/feeds/{name}.mjpg  | /feeds/a.mjpg         | a",
                "/feeds/{name}.mjpg  | /feeds/a.b.mjpg       | a.b",
                "/feeds/{name}.mjpg  | /feeds/.mjpg.mjpg     | .mjpg",
                "/feeds/{name}.mjpg  | /feeds/.mjpg          | none",
                "/feeds/{name}.mjpg  | /feeds/cam.jpg        | none",
                "/feeds/{name}.mjpg  | /feeds/a/b.mjpg       | none",
                "/feeds/{name}.mjpg  | /feeds/../cam.mjpg    | none",
                "/feeds/{name}.mjpg  | /feed/cam.mjpg        | none",
                "/feeds/{name}.mjpg  | x/feeds/cam.mjpg      | none",
                "/feeds/{name}       | /feeds/cam            | cam",
                "/feeds/{name}       | /feeds/               | none",
                "/feeds/{name}       | /feeds                | none",
                "/feeds/{name}       | /feeds/cam/           | none"
            })
    void pathIsComparedAsItWasSent(String path, String asked, String name) {
        assertThat(new Routes.Route(path, READ).match(asked)).isEqualTo(Optional.ofNullable(name));
    }

    @Test
    void onlyGetAndHeadReadAndOtherMethodsAreThoseThatAreNamed() {
        Routes.Route route = new Routes.Route("/x", READ, Map.of("PUT", CHANGE, "DELETE", CHANGE));

        assertThat(route.endpoint("GET")).contains(READ);
        assertThat(route.endpoint("HEAD")).contains(READ);
        assertThat(route.endpoint("PUT")).contains(CHANGE);
        assertThat(route.endpoint("DELETE")).contains(CHANGE);
        for (String other : List.of("POST", "PATCH", "TRACE", "get", "put", "", "OPTIONS")) {
            assertThat(route.endpoint(other)).as(other).isEmpty();
        }
        assertThat(route.methods()).isEqualTo("GET, HEAD, OPTIONS, DELETE, PUT");
        assertThat(new Routes.Route("/x", READ).methods()).isEqualTo("GET, HEAD, OPTIONS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/feeds",
                "/feeds/x",
                "/page",
                "/video_feed/a/b",
                "/api",
                "/api/x",
                "/healthz",
                "/readyz",
                "/metrics",
                "/ws",
                "/stream",
                "/snapshot",
                "/state/x"
            })
    void pathsOfFlipbookAreNotForPagesOfTheProgram(String path) throws IOException {
        try (Flipbook flipbook = Flipbook.start(0)) {
            assertThatThrownBy(() -> flipbook.routes.add(new Routes.Route(path, READ)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the path '" + path + "' is Flipbook's own, with all below it; take another");
        }
    }

    @Test
    void pageOfTheProgramIsThereOnceUntilItIsRemovedAndMayBeTheIcon() throws IOException {
        try (Flipbook flipbook = Flipbook.start(0)) {
            int built = flipbook.routes.list().size();
            Routes.Route page = new Routes.Route("/feedsx", READ);
            flipbook.routes.add(page);
            flipbook.routes.add(new Routes.Route("/favicon.ico", READ));

            assertThatThrownBy(() -> flipbook.routes.add(new Routes.Route("/feedsx", READ)))
                    .hasMessage("there is a page at '/feedsx' already; remove it first, or take another path");
            List<String> paths =
                    flipbook.routes.list().stream().map(Routes.Route::path).toList();
            assertThat(paths).hasSize(built + 2).endsWith("/feedsx", "/favicon.ico", "/favicon.ico");
            assertThat(flipbook.routes.list().get(built).endpoint("GET"))
                    .as("before ours")
                    .contains(READ);

            assertThat(flipbook.routes.remove("/feedsx")).isTrue();
            assertThat(flipbook.routes.remove("/feedsx")).isFalse();
            assertThat(flipbook.routes.remove("/healthz")).isFalse();
            assertThat(flipbook.routes.list()).hasSize(built + 1);
        }
    }
}

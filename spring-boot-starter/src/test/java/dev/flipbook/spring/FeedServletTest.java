package dev.flipbook.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.feed.Feeds;
import dev.flipbook.servlet.FeedServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The servlet in a container without Spring: at the usual paths, below one of the container's own, and inside another servlet. */
@Timeout(180)
class FeedServletTest {

    @Test
    void aContainerWithoutSpringShowsFeeds() throws Exception {
        Server server = new Server(0);
        try (Feeds feeds = new Feeds()) {
            feeds.feed("door").publish(Numbered.picture(5));
            ServletContextHandler context = new ServletContextHandler("/app");
            ServletHolder servlet = new ServletHolder(new FeedServlet(feeds));
            servlet.setAsyncSupported(true);
            for (String path :
                    new String[] {"/feeds/*", "/video_feed", "/video_feed/*", "/api/feeds", "/api/feeds/*", "/live/*"
                    }) {
                context.addServlet(servlet, path);
            }
            ServletHolder own = new ServletHolder(new Own(feeds));
            own.setAsyncSupported(true);
            context.addServlet(own, "/own");
            server.setHandler(context);
            server.start();
            int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();

            for (String path :
                    new String[] {"/feeds/door.mjpg", "/video_feed", "/video_feed/door", "/live/feeds/door.mjpg", "/own"
                    }) {
                try (Reader reader = new Reader(port, "/app" + path)) {
                    assertThat(reader.status()).as(path).isEqualTo("200");
                    assertThat(Numbered.of(reader.picture())).isEqualTo(5);
                }
            }
            try (Reader snapshot = new Reader(port, "/app/feeds/door.jpg");
                    Reader all = new Reader(port, "/app/api/feeds");
                    Reader one = new Reader(port, "/app/api/feeds/door");
                    Reader unknown = new Reader(port, "/app/feeds/nobody.mjpg");
                    Reader nothing = new Reader(port, "/app/feeds/door");
                    Reader bad = new Reader(port, "/app/feeds/door.mjpg?fps=0");
                    Reader last = new Reader(port, "/app/feeds/door.mjpg")) {
                assertThat(Numbered.of(snapshot.bytes())).isEqualTo(5);
                assertThat(all.body()).startsWith("{\"feeds\":[{\"name\":\"door\"");
                assertThat(one.body()).contains("\"watching\":[");
                assertThat(unknown.status() + unknown.body())
                        .isEqualTo("404there is no feed 'nobody'; there are: door\n");
                assertThat(nothing.status() + nothing.body()).isEqualTo("404there is nothing at '/feeds/door'\n");
                assertThat(bad.status() + bad.body()).isEqualTo("400fps is a number from 0.1 to 1000, not '0'\n");
                feeds.remove("door");
                assertThatThrownBy(() -> {
                            while (true) {
                                Numbered.of(last.picture());
                            }
                        })
                        .isInstanceOf(EOFException.class)
                        .hasMessageContaining("the closing delimiter");
            }
        } finally {
            server.stop();
        }
    }

    private static final class Own extends HttpServlet {
        private static final long serialVersionUID = 1;
        private final transient Feeds feeds;

        Own(Feeds feeds) {
            this.feeds = feeds;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            FeedServlet.stream(feeds.feed("door"), request, response);
        }
    }
}

package dev.flipbook.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.Frame;
import dev.flipbook.feed.Feed;
import dev.flipbook.server.Flipbook;
import dev.flipbook.testing.TestViewer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class DrawnFeedTest {

    // region test
    @Test
    void theHandMoves() throws Exception {
        try (Flipbook flipbook = DrawnFeed.start(0)) {
            Feed clock = flipbook.feeds().find("clock").orElseThrow();
            try (TestViewer viewer = TestViewer.of(clock)) {
                Frame one = viewer.next(Duration.ofSeconds(60));
                await().untilAsserted(() ->
                        assertThat(viewer.next(Duration.ofSeconds(60)).bytes()).isNotEqualTo(one.bytes()));
            }
        }
    }
    // endregion
}

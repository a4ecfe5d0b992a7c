package dev.flipbook.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.feed.Feed;
import dev.flipbook.server.Flipbook;
import dev.flipbook.testing.TestViewer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class PiCameraTest {

    /** Most machines of developers are not a Raspberry Pi. On these the feed says what is missing. */
    @Test
    void theFeedIsLiveOrSaysWhatIsMissing() throws Exception {
        try (Flipbook flipbook = PiCamera.start(0)) {
            Feed pi = flipbook.feeds().find("pi").orElseThrow();
            try (TestViewer viewer = TestViewer.of(pi)) {
                await().until(() ->
                        pi.status().state() == State.OFFLINE || !viewer.frames().isEmpty());
                if (pi.status().state() == State.OFFLINE) {
                    assertThat(pi.status().reason()).contains("rpicam");
                }
            }
        }
    }
}

package dev.flipbook.it.kit;

import dev.flipbook.FeedOptions;
import dev.flipbook.FrameSource;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/** Shows a camera as the program itself does, but closes the camera one second after the last viewer has left. */
public final class HastyCameraProgram {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private HastyCameraProgram() {}

    /** Runs until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        FeedOptions feeds = new FeedOptions(SECOND, SECOND, Duration.ofSeconds(30), SECOND, 64 << 20);
        try (Flipbook flipbook =
                Flipbook.start(ServerOptions.DEFAULT.withPort(0).withFeeds(feeds))) {
            flipbook.feed("cam", FrameSource.open("webcam"));
            System.out.println("It is shown at " + flipbook.address());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}

package dev.flipbook.examples;

import dev.flipbook.FrameSource;
import dev.flipbook.server.Flipbook;
import java.io.IOException;

/** Serves the video file that its argument names, at the file's own speed and in a loop. */
final class VideoFile {

    private VideoFile() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 1) {
            System.err.println("VideoFile: name one video file");
            return;
        }
        try (Flipbook flipbook = start(8080, arguments[0])) {
            System.out.println("Open " + flipbook.address());
            Thread.currentThread().join(); // until Ctrl-C
        }
    }

    static Flipbook start(int port, String file) throws IOException {
        // region serve
        FrameSource video = FrameSource.open(file); // throws with the reason if the file cannot be opened
        Flipbook flipbook = Flipbook.start(port);
        flipbook.feed("video", video); // decoded while somebody watches, once for all viewers
        return flipbook;
        // endregion
    }
}

package dev.flipbook.examples;

import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.server.Flipbook;
import java.io.IOException;

/** Shows the Raspberry Pi's camera, whose JPEGs are passed on unchanged. */
final class PiCamera {

    private PiCamera() {}

    // region serve
    static Flipbook start(int port) throws IOException {
        Flipbook flipbook = Flipbook.start(port);
        flipbook.feed(
                "pi", FrameSource.open("picam", new SourceOptions(30, 1280, 720, 80))); // fps, width, height, quality
        return flipbook;
    }
    // endregion

    public static void main(String[] arguments) throws Exception {
        try (Flipbook flipbook = start(8080)) {
            System.out.println("Open " + flipbook.address());
            Thread.currentThread().join();
        }
    }
}

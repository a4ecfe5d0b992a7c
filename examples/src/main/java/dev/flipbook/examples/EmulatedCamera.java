package dev.flipbook.examples;

import dev.flipbook.FrameSource;
import dev.flipbook.server.Flipbook;
import java.io.IOException;

/** Serves the emulated camera: the pictures 1, 2, 3, one each second. */
final class EmulatedCamera {

    private EmulatedCamera() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (Flipbook flipbook = start(8080)) {
            System.out.println("Open " + flipbook.address());
            Thread.currentThread().join(); // until Ctrl-C
        }
    }

    static Flipbook start(int port) throws IOException {
        // region serve
        Flipbook flipbook = Flipbook.start(port);
        flipbook.feed("demo", FrameSource.open("demo"));
        return flipbook;
        // endregion
    }
}

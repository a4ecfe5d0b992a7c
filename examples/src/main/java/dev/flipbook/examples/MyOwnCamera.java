package dev.flipbook.examples;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.server.Flipbook;
import java.io.IOException;

/** Serves a camera that the program implements: a {@link FrameSource} that counts its pictures. */
final class MyOwnCamera {

    // region camera
    static final class CountingCamera implements FrameSource {
        private final JpegEncoder encoder = JpegEncoder.best();
        private int taken;

        @Override
        public Frame next() throws InterruptedException {
            Thread.sleep(200); // a real driver waits here for its hardware
            Canvas picture = new Canvas(320, 180, 0x203040);
            picture.text(40, 76, 3, 0xFFFFFF, "picture " + ++taken);
            return Frame.of(picture.encode(encoder, 80)); // with JPEGs from the hardware: Frame.ofJpeg(bytes)
        }
    }
    // endregion
    public static void main(String[] arguments) throws Exception {
        try (Flipbook flipbook = start(8080)) {
            System.out.println("Open " + flipbook.address());
            Thread.currentThread().join();
        }
    }

    static Flipbook start(int port) throws IOException {
        Flipbook flipbook = Flipbook.start(port);
        flipbook.feed("counter", new CountingCamera());
        return flipbook;
    }
}

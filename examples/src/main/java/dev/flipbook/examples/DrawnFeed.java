package dev.flipbook.examples;

import dev.flipbook.FrameSource;
import dev.flipbook.server.Flipbook;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;

/** Shows what a program draws on demand: the hand of a clock. */
final class DrawnFeed {

    private DrawnFeed() {}

    // region drawing
    static Flipbook start(int port) throws IOException {
        Flipbook flipbook = Flipbook.start(port);
        flipbook.feed("clock", FrameSource.drawing(10, DrawnFeed::clock)); // ten times a second, while somebody watches
        return flipbook;
    }
    // endregion

    public static void main(String[] arguments) throws Exception {
        try (Flipbook flipbook = start(8080)) {
            System.out.println("Open " + flipbook.address());
            Thread.currentThread().join();
        }
    }

    private static BufferedImage clock() {
        BufferedImage image = new BufferedImage(200, 200, BufferedImage.TYPE_INT_RGB);
        double turn = System.currentTimeMillis() % 60_000 / 60e3 * 2 * Math.PI;
        Graphics2D pen = image.createGraphics();
        pen.setColor(Color.WHITE);
        pen.drawLine(100, 100, (int) (100 + 90 * Math.sin(turn)), (int) (100 - 90 * Math.cos(turn)));
        pen.dispose();
        return image;
    }
}

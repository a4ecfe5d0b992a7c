package dev.flipbook.examples;

import dev.flipbook.Feed;
import dev.flipbook.server.Flipbook;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;

/** Shows images that the program itself draws: a ball that runs across. */
final class PublishImages {

    // region program
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (Flipbook flipbook = Flipbook.start(8080)) {
            System.out.println("Open " + flipbook.address());
            play(flipbook.feed("ball")); // any time, any number of feeds
        }
    }

    static void play(Feed ball) throws InterruptedException {
        for (int x = 0; ; x = (x + 4) % 320) {
            if (ball.watched()) {
                ball.publish(picture(x)); // a BufferedImage; JPEG bytes and a Frame will do too
            }
            Thread.sleep(40);
        }
    }
    // endregion

    private static BufferedImage picture(int x) {
        BufferedImage image = new BufferedImage(320, 180, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        pen.setColor(Color.ORANGE);
        pen.fillOval(x, 70, 40, 40);
        pen.dispose();
        return image;
    }
}

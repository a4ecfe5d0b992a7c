package dev.flipbook.examples;

// region program
import dev.flipbook.feed.Feed;
import dev.flipbook.server.Flipbook;
import java.awt.image.BufferedImage;

final class PublishImages {
    public static void main(String[] arguments) throws Exception {
        try (Flipbook flipbook = Flipbook.start(8080)) {
            System.out.println("Open " + flipbook.address());
            play(flipbook.feed("ball"));
        }
    }

    static void play(Feed ball) throws InterruptedException {
        for (int x = 0; ; x = (x + 4) % 320) {
            BufferedImage image = new BufferedImage(320, 180, BufferedImage.TYPE_INT_RGB);
            image.createGraphics().fillOval(x, 70, 40, 40);
            ball.publish(image); // or JPEG bytes; encoded only while somebody watches
            Thread.sleep(40);
        }
    }
}
// endregion

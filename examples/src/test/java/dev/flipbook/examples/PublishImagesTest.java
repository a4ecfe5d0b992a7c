package dev.flipbook.examples;

import dev.flipbook.feed.Feed;
import dev.flipbook.server.Flipbook;
import java.awt.image.BufferedImage;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class PublishImagesTest {

    @Test
    void theBallRunsAcross() throws Exception {
        try (Flipbook flipbook = Flipbook.start(0)) {
            Feed ball = flipbook.feed("ball");
            Thread program = playing(ball);
            try {
                Set<Integer> places = new HashSet<>();
                Watching.until(flipbook, "ball", picture -> {
                    if (picture.getWidth() == 320) {
                        places.add(left(picture));
                    }
                    return places.size() == 4;
                });
            } finally {
                program.interrupt();
                program.join();
            }
        }
    }

    private static Thread playing(Feed ball) {
        return Thread.ofPlatform().start(() -> {
            try {
                PublishImages.play(ball);
            } catch (InterruptedException e) {
                // asked to end
            }
        });
    }

    /** The column where the ball begins: the first one that is not black at half of the picture's height. */
    private static int left(BufferedImage picture) {
        int x = 0;
        while (x < picture.getWidth() && (picture.getRGB(x, 90) >> 16 & 0xFF) < 128) {
            x++;
        }
        return x;
    }
}

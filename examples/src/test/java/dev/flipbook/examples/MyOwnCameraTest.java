package dev.flipbook.examples;

import dev.flipbook.server.Flipbook;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class MyOwnCameraTest {

    @Test
    void theDrawnPictureArrivesOverHttp() throws Exception {
        try (Flipbook flipbook = MyOwnCamera.start(0)) {
            Watching.until(
                    flipbook,
                    "counter",
                    picture -> picture.getWidth() == 320 && picture.getHeight() == 180 && brightPixels(picture) > 500);
        }
    }

    private static int brightPixels(BufferedImage picture) {
        int bright = 0;
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                bright += (picture.getRGB(x, y) & 0xFF) > 200 ? 1 : 0;
            }
        }
        return bright;
    }
}

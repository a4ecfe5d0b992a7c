package dev.flipbook.examples;

import dev.flipbook.server.Flipbook;
import java.awt.image.BufferedImage;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class EmulatedCameraTest {

    @Test
    void threePicturesTakeTurnsOverHttp() throws Exception {
        Set<Integer> backgrounds = new HashSet<>();
        try (Flipbook flipbook = EmulatedCamera.start(0)) {
            Watching.until(flipbook, "demo", picture -> {
                if (isOfTheCamera(picture)) {
                    backgrounds.add(picture.getRGB(8, 8));
                }
                return backgrounds.size() == 3;
            });
        }
    }

    private static boolean isOfTheCamera(BufferedImage picture) {
        return picture.getWidth() == 320 && picture.getHeight() == 240;
    }
}

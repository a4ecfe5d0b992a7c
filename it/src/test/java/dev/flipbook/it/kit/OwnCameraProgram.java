package dev.flipbook.it.kit;

import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.server.Flipbook;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;

/** A program that embeds Flipbook and shows a camera, in another format than the best and with controls set. */
public final class OwnCameraProgram {

    private OwnCameraProgram() {}

    /** Runs until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        Map<String, Integer> controls = Map.of("exposure_time_absolute", 500, "auto_exposure", 1);
        SourceOptions options = new SourceOptions(0, 0, 0, 80, 0, false, false, Duration.ZERO, "YUYV", controls);
        try (Flipbook flipbook = Flipbook.start(0)) {
            flipbook.feed("cam", FrameSource.open("webcam", options));
            System.out.println("It is shown at " + flipbook.address());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}

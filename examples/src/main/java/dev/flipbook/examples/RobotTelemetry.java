package dev.flipbook.examples;

import dev.flipbook.FrameSource;
import dev.flipbook.feed.Feed;
import dev.flipbook.image.PixelFormat;
import dev.flipbook.image.RawImage;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.generate.StreamedResponse;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A robot that drives around in a room: its camera, the map that it makes, and its position, on one page. The robot is
 * simulated; everything else is as for a real one.
 */
final class RobotTelemetry implements AutoCloseable {

    private static final int ROOM = 200;

    /**
     * The robot's pose.
     *
     * @param x in pixels of the map
     * @param y in pixels of the map
     * @param heading in radians
     * @param battery remaining charge in percent
     */
    record Pose(double x, double y, double heading, double battery) {

        String json() {
            return String.format(
                    Locale.ROOT, "{\"x\":%.1f,\"y\":%.1f,\"heading\":%.2f,\"battery\":%.1f}", x, y, heading, battery);
        }
    }

    private final Flipbook flipbook;
    private final Feed map;
    private final byte[] cells = new byte[ROOM * ROOM];
    private final Thread driver = Thread.ofPlatform().daemon().name("robot").unstarted(this::drive);
    private volatile Pose pose = new Pose(100, 40, 0, 100);

    // region start
    RobotTelemetry(int port) throws IOException {
        flipbook = Flipbook.start(port);
        flipbook.feed("camera", FrameSource.drawing(15, this::view)); // drawn while somebody watches
        map = flipbook.feed("map"); // published when the robot has moved
        flipbook.page("/telemetry", StreamedResponse.events(out -> {
            while (true) {
                out.send("pose", pose.json());
                Thread.sleep(100);
            }
        }));
        flipbook.page("/robot", StreamedResponse.html(out -> out.write(page())));
        driver.start();
    }
    // endregion

    public static void main(String[] arguments) throws Exception {
        try (RobotTelemetry robot = new RobotTelemetry(8080)) {
            System.out.println("Open " + robot.flipbook.address().resolve("robot"));
            Thread.currentThread().join();
        }
    }

    int port() {
        return flipbook.port();
    }

    // region drive
    private void drive() {
        try {
            for (int step = 0; ; step++) {
                double heading = step * 0.02;
                pose = new Pose(
                        100 + 60 * Math.sin(heading), 100 - 60 * Math.cos(heading), heading, 100 - step * 0.01 % 100);
                scan();
                map.publish(RawImage.of(PixelFormat.GREY8, ROOM, ROOM, cells)); // copied: the next scan may change it
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            // the robot stops
        }
    }
    // endregion

    /** Marks what the robot sees around it as known. */
    private void scan() {
        Pose now = pose;
        for (int y = 0; y < ROOM; y++) {
            for (int x = 0; x < ROOM; x++) {
                double distance = Math.hypot(x - now.x(), y - now.y());
                boolean wall = x < 4 || y < 4 || x >= ROOM - 4 || y >= ROOM - 4;
                if (distance < 4) {
                    cells[y * ROOM + x] = (byte) 128;
                } else if (distance < 45) {
                    cells[y * ROOM + x] = (byte) (wall ? 255 : 40);
                }
            }
        }
    }

    /** A horizon that turns with the robot. */
    private BufferedImage view() {
        BufferedImage image = new BufferedImage(320, 180, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        pen.setColor(new Color(0x87B5D9));
        pen.fillRect(0, 0, 320, 100);
        pen.setColor(new Color(0x5B4636));
        pen.fillRect(0, 100, 320, 80);
        pen.setColor(Color.WHITE);
        int shift = (int) (pose.heading() * 180 / Math.PI * 4);
        for (int post = -1; post < 5; post++) {
            pen.fillRect(post * 80 - Math.floorMod(shift, 80), 60, 6, 60);
        }
        pen.dispose();
        return image;
    }

    private static String page() {
        try (InputStream file = RobotTelemetry.class.getResourceAsStream("robot-telemetry/page.html")) {
            if (file == null) {
                throw new IOException("robot-telemetry/page.html is missing");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.interrupt();
        flipbook.close();
    }
}

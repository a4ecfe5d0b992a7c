import dev.flipbook.feed.Feed;
import dev.flipbook.image.PixelFormat;
import dev.flipbook.image.RawImage;
import dev.flipbook.server.Flipbook;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that publishes pictures which are no JPEGs yet, at {@code /video_feed}; prints the port.
 * {@code PublishedImages images FPS}: BufferedImages of 1280x720; {@code nothing FPS}: none, what the program's own clock costs. {@code PublishedImages FILE FPS}: the pictures of the file,
 * 1280x720 in BGR24, one behind the other, again and again.
 */
final class PublishedImages {

    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;

    private PublishedImages() {}

    public static void main(String[] arguments) throws IOException {
        long period = (long) (1e9 / Double.parseDouble(arguments[1]));
        Flipbook flipbook = Flipbook.start(0);
        Feed feed = flipbook.feed("published");
        System.out.println(flipbook.port());
        if (arguments[0].equals("nothing")) {
            every(period, number -> {});
        } else if (arguments[0].equals("images")) {
            BufferedImage[] images = images();
            every(period, number -> feed.publish(images[number % images.length]));
        } else {
            ByteBuffer pictures = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[0])));
            int size = PixelFormat.BGR24.bytes(WIDTH, HEIGHT);
            int count = pictures.remaining() / size;
            every(period, number -> feed.publish(
                    RawImage.of(PixelFormat.BGR24, WIDTH, HEIGHT, pictures.slice(number % count * size, size))));
        }
    }

    private static BufferedImage[] images() {
        BufferedImage[] images = new BufferedImage[8];
        for (int i = 0; i < images.length; i++) {
            images[i] = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
            int[] pixels = ((DataBufferInt) images[i].getRaster().getDataBuffer()).getData();
            for (int at = 0; at < pixels.length; at++) {
                pixels[at] = (at % WIDTH / 5 + i * 8) << 16 | at / WIDTH / 3 << 8 | 0x40;
            }
        }
        return images;
    }

    private interface Step {
        void publish(int number);
    }

    private static void every(long period, Step step) {
        int number = 0;
        for (long due = System.nanoTime(); ; due += period) {
            for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
                LockSupport.parkNanos(due - now);
            }
            step.publish(number);
            number = (number + 1) & 0xFFFFFF;
        }
    }
}

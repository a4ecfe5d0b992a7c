package dev.flipbook.examples.detector;

import dev.flipbook.FrameSource;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Publishes the pictures of a video with boxes around what moves, while somebody watches. */
@Component
class Detector implements DisposableBean {

    static final Color BOX = Color.RED;

    private final FrameSource video;
    private final Feed boxes;
    private final Motion motion = new Motion();
    private final Thread thread;

    // region publish
    Detector(Feeds feeds, @Value("${detector.video}") String video) throws IOException {
        this.video = FrameSource.open(video); // throws with the reason if it cannot be opened
        this.boxes = feeds.feed("boxes");
        this.thread = Thread.ofPlatform().daemon().name("detector").start(this::detect);
    }

    private void detect() {
        try {
            while (true) {
                if (boxes.watched()) {
                    boxes.publish(marked(picture()));
                } else {
                    Thread.sleep(50);
                }
            }
        } catch (InterruptedException e) {
            video.close();
        }
    }
    // endregion

    private BufferedImage picture() throws InterruptedException {
        try {
            return ImageIO.read(new ByteArrayInputStream(video.next().bytes()));
        } catch (IOException e) {
            Thread.sleep(1000); // for example because a camera was unplugged
            return new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB);
        }
    }

    private BufferedImage marked(BufferedImage picture) {
        Graphics2D pen = picture.createGraphics();
        pen.setColor(BOX);
        pen.setStroke(new BasicStroke(3));
        for (Rectangle box : motion.find(picture)) {
            pen.draw(box);
        }
        pen.dispose();
        return picture;
    }

    @Override
    public void destroy() {
        thread.interrupt();
    }
}

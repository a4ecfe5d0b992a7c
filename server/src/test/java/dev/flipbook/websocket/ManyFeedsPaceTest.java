package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.feed.Feed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Several feeds of 30 fps on one connection over a link of any speed. The connection is the product's own, and the test
 * moves the clock by one millisecond at a time. Pictures have 16 by 16 pixels and any number of bytes, so no smaller
 * size is made.
 */
@Timeout(180)
class ManyFeedsPaceTest {

    private static final int INTERVAL = 33;
    private static final int WAY = 20;

    private final Peer peer = new Peer().open();
    private final FakeSession session = peer.session;
    private final List<Feed> feeds = new ArrayList<>();
    private final List<byte[]> pictures = new ArrayList<>();
    private final Deque<Sent> underWay = new ArrayDeque<>();
    private final List<Double> ages = new ArrayList<>();
    private double bytesPerMilli;
    private double linkFree;
    private long now;
    private long inside;
    private long mostInside;
    private int[] shown = {};

    private record Sent(FakeSession.Picture picture, double arrives) {}

    @AfterEach
    void end() {
        peer.close();
    }

    private void link(int kilobytesPerSecond) {
        bytesPerMilli = kilobytesPerSecond;
        session.whenPicture = picture -> {
            inside += picture.bytes().length;
            mostInside = Math.max(mostInside, inside);
            linkFree = Math.max(linkFree, (double) now) + picture.bytes().length / bytesPerMilli;
            underWay.add(new Sent(picture, linkFree + WAY));
        };
    }

    private void watch(int bytes) {
        int number = feeds.size();
        feeds.add(peer.feed("f" + number));
        pictures.add(Peer.jpeg(16, 16, bytes));
        peer.watch(number, "f" + number);
    }

    private void run(int millis) {
        ages.clear();
        shown = new int[feeds.size()];
        mostInside = inside;
        for (long end = now + millis; now < end; now++) {
            peer.passForAll(1);
            while (!underWay.isEmpty() && underWay.peek().arrives() <= now) {
                arrived(underWay.remove().picture());
            }
            for (int i = 0; i < feeds.size(); i++) {
                if ((now + i * 5L) % INTERVAL == 0) {
                    feeds.get(i).publish(pictures.get(i));
                }
            }
            if (now % 250 == 0) {
                peer.connection.tick();
            }
        }
    }

    private void arrived(FakeSession.Picture picture) {
        inside -= picture.bytes().length;
        ages.add(PictureHeader.unixMillis(peer.ticker.now()) - picture.time());
        shown[picture.number()]++;
        peer.painted(picture.number());
    }

    private double percentile(double share) {
        List<Double> sorted = ages.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size()));
    }

    @Test
    void sixFeedsOverANarrowLinkStayYoungAndShareIt() {
        link(1000);
        for (int i = 0; i < 6; i++) {
            watch(60_000);
        }
        run(3_000);
        run(60_000);

        assertThat(percentile(0.99)).isLessThan(300);
        // the time of one picture, 80 ms, and 100 ms more, at 1000 bytes a millisecond: three pictures
        assertThat(mostInside).isLessThanOrEqualTo(3 * 60_000);
        assertThat(Arrays.stream(shown).sum())
                .as("the link is nearly never idle: it takes 16.7 a second")
                .isGreaterThan(960);
        assertThat(Arrays.stream(shown)).as("each has its share").allMatch(count -> count >= 155);
    }

    @Test
    void onAWideLinkEachFeedGetsEveryPicture() {
        link(100_000);
        for (int i = 0; i < 6; i++) {
            watch(60_000);
        }
        run(3_000);
        run(5_000);

        assertThat(Arrays.stream(shown)).allMatch(count -> count >= 150);
        assertThat(percentile(0.99)).isLessThan(40);
    }

    @Test
    void linkThatBecomesNarrowIsNoticedAndOneThatBecomesWideToo() {
        for (int i = 0; i < 6; i++) {
            watch(60_000);
        }
        link(100_000);
        run(3_000);
        link(500);
        run(15_000);
        run(5_000);
        assertThat(mostInside).isLessThanOrEqualTo(4 * 60_000);
        assertThat(percentile(0.99)).isLessThan(700);

        link(100_000);
        run(15_000);
        run(2_000);

        assertThat(Arrays.stream(shown)).allMatch(count -> count >= 60);
    }

    @Test
    void largePicturesGetTheirTurnBesideSmallOnesWhereverTheyStand() {
        link(1000);
        for (int i = 0; i < 4; i++) {
            watch(20_000);
        }
        watch(250_000);
        for (int i = 0; i < 4; i++) {
            watch(20_000);
        }
        watch(250_000);
        run(3_000);
        run(20_000);

        assertThat(Arrays.stream(shown)).allMatch(count -> count >= 10);
    }
}

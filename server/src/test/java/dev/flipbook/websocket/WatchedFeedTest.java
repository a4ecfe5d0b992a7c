package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FrameSink;
import dev.flipbook.Variant;
import dev.flipbook.feed.Feed;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.web.StreamRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.websocket.api.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One watched feed. Where the order of pictures matters, the test writes them itself. */
@Timeout(180)
class WatchedFeedTest {

    private static final long MILLI = 1_000_000;
    private static final StreamRequest AS_IT_IS = new StreamRequest(Framing.NONE, 0, Variant.ORIGINAL);
    private static final int HEADER = 31;

    private final Peer peer = new Peer().open();
    private final FakeSession session = peer.session;
    private final Feed door = peer.feed("door");
    private final WatchedFeeds watches = new WatchedFeeds(peer.connection, peer.register(), peer.ticker);
    private final SendWindow window = new SendWindow();
    private final List<String> done = new ArrayList<>();
    private WatchedFeed watch;

    @BeforeEach
    void begin() {
        watches.watch(7, door, AS_IT_IS);
        watch = peer.listed.getFirst();
    }

    @AfterEach
    void end() {
        peer.close();
    }

    private void write(long sequence, boolean placeholder, int bytes) {
        write(watch.sink, sequence, placeholder, bytes, false);
    }

    private void write(PictureSink sink, long sequence, boolean placeholder, int bytes, boolean last) {
        if (!last) {
            sink.coming(sequence, peer.ticker.nanos(), placeholder);
        }
        sink.write(ByteBuffer.allocate(bytes), last, new FrameSink.Completion() {
            @Override
            public void drained() {
                done.add("drained");
            }

            @Override
            public void failed(Throwable cause) {
                done.add("failed: " + cause.getMessage());
            }
        });
    }

    private long underWay() {
        return watches.leaving(0);
    }

    private void painted(long afterMillis) {
        peer.ticker.passMillis(afterMillis);
        assertThat(watch.painted(window)).isTrue();
    }

    @Test
    void watchIsListedWithItsFeedAndAddress() {
        peer.watch(1, "door");
        WatchedFeed other = peer.listed.getLast();

        assertThat(watch.label().feed()).isEqualTo("door");
        assertThat(watch.label().kind()).isEqualTo("websocket");
        assertThat(watch.label().address()).isEqualTo("192.0.2.7");
        assertThat(watch.label().id()).hasSize(36).isNotEqualTo(other.label().id());
        door.publish(Peer.jpeg(16, 16, 3000));
        peer.passForAll(1500);
        assertThat(watch.status().watching()).hasMillis(1500);
        assertThat(watch.status().sent()).isEqualTo(1);
        assertThat(watch.status().bytes()).isEqualTo(3000);
    }

    @Test
    void figuresAreZeroBeforeThereIsAViewer() {
        WatchedFeed coming = new WatchedFeed(8, door, AS_IT_IS, peer.connection, watches, peer.ticker);

        assertThat(coming.status().watching()).isZero();
        assertThat(coming.status().sent()).isZero();
    }

    // how many are under way

    @Test
    void twoPicturesMayBeUnderWay() {
        assertThat(watch.sink.isReady()).isTrue();
        write(1, false, 1000);
        assertThat(watch.sink.isReady()).isTrue();
        write(2, false, 1000);
        assertThat(watch.sink.isReady()).isFalse();

        painted(20);

        assertThat(watch.sink.isReady()).isTrue();
    }

    @Test
    void onlyOnePictureMayBeInFlightIfTheSecondOnlyWaitsForIt() {
        write(1, false, 1000);
        painted(20);
        write(2, false, 1000);
        painted(101); // much longer than the shortest
        assertThat(watch.sink.isReady()).isTrue();
        write(3, false, 1000);
        assertThat(watch.sink.isReady()).isFalse();

        painted(20);

        write(4, false, 1000);
        assertThat(watch.sink.isReady()).as("two again").isTrue();
    }

    @Test
    void bytesUnderWayAreThoseOfPicturesAndTheirHeadersUntilTheyAreShown() {
        write(1, false, 1000);
        assertThat(underWay()).isEqualTo(1000 + HEADER);
        write(2, false, 500);
        assertThat(underWay()).isEqualTo(1500 + 2 * HEADER);

        painted(20);
        assertThat(underWay()).isEqualTo(500 + HEADER);
        painted(20);
        assertThat(underWay()).isZero();
        assertThat(watch.painted(window)).as("of none").isFalse();
        assertThat(underWay()).isZero();
    }

    @Test
    void nothingIsUnderWayAfterAsManyAcknowledgementsAsPictures() {
        for (int i = 1; i <= 50; i++) {
            write(i, false, 100 * i);
            painted(5);
        }

        assertThat(underWay()).isZero();
        assertThat(session.pictures).hasSize(50);
    }

    @Test
    void theWindowIsToldWhatWasUnderWayAndForHowLong() {
        watches.leaving(50_000); // other feeds' pictures
        write(1, false, 9_969);

        painted(100);

        assertThat(window.least()).isEqualTo(100 * MILLI);
        assertThat(window.bytes()).isEqualTo(131_072 + (120_000 - 131_072) / 4); // 600 bytes a ms, for 200 ms
    }

    @Test
    void forgottenFeedTakesItsBytesWithIt() {
        for (int i = 1; i <= 20; i++) {
            watches.watch(7, door, AS_IT_IS);
            watch = peer.listed.getFirst();
            write(watch.sink, i, false, 1000, false);
            write(watch.sink, i + 100, false, 1000, false);

            watches.forget(7);

            assertThat(underWay()).isZero();
            assertThat(watch.sink.isReady()).as("nothing of it is under way").isTrue();
        }
    }

    /** Another thread may forget the feed at any moment of a write. */
    @Test
    void pictureThatIsSentWhileItsFeedIsForgottenTakesItsBytesWithIt() {
        watch.sink.coming(1, 0, false);
        peer.ticker.atNextReading(() -> watches.forget(7));

        watch.sink.write(ByteBuffer.allocate(1000), false, new FrameSink.Completion() {
            @Override
            public void drained() {}

            @Override
            public void failed(Throwable cause) {}
        });

        assertThat(watches.size()).isZero();
        assertThat(underWay()).isZero();
    }

    // what is sent

    @Test
    void samePictureIsNotSentAgain() {
        write(5, false, 1000);
        write(5, false, 1000); // the repeat of a still scene
        assertThat(session.pictures).hasSize(1);
        assertThat(done).containsExactly("drained", "drained");
        assertThat(watch.sink.isReady()).isTrue();

        write(5, true, 1000);
        assertThat(session.pictures).as("a placeholder in its place").hasSize(2);
        painted(1);
        painted(1);
        write(5, true, 1000);
        assertThat(session.pictures).hasSize(2);
        write(5, true, 1001);
        assertThat(session.pictures).as("of another size").hasSize(3);
        write(6, true, 1001);
        assertThat(session.pictures).hasSize(4);
    }

    @Test
    void olderPictureThanOneThatWasSentIsNot() {
        write(5, false, 1000);
        PictureSink before = watch.sink;
        watch.change(new StreamRequest(Framing.NONE, 0, new Variant(0, 0, 50, 0)));
        assertThat(watch.sink).isNotSameAs(before);

        write(4, false, 600); // a picture in another size may be older
        assertThat(session.sequences(7)).containsExactly(5L);
        assertThat(done).hasSize(2);
        write(5, false, 600);
        write(6, false, 600);
        assertThat(session.sequences(7)).as("the same in another size").containsExactly(5L, 5L, 6L);
        write(4, false, 600);
        assertThat(session.sequences(7)).hasSize(3);
    }

    @Test
    void placeholderIsSentAfterAnyPicture() {
        write(5, false, 1000);
        write(4, true, 900);

        assertThat(session.pictures).extracting(FakeSession.Picture::kind).containsExactly(0, 1);
    }

    @Test
    void placeholderDoesNotMakeTheNextPictureOld() {
        write(9, true, 1000);
        write(8, false, 1000);

        assertThat(session.sequences(7)).containsExactly(9L, 8L);
    }

    @Test
    void pictureIsOfWhenItWasTakenByTheServersClock() {
        watch.sink.coming(1, peer.ticker.nanos() - 1_500_500_000, false);
        assertThat(session.pictures).isEmpty();
        write(watch.sink, 2, false, 100, false);
        watch.sink.coming(3, peer.ticker.nanos() - 1_500_500_000, false);
        watch.sink.write(ByteBuffer.allocate(10), false, new FrameSink.Completion() {
            @Override
            public void drained() {}

            @Override
            public void failed(Throwable cause) {}
        });

        assertThat(session.pictures)
                .extracting(FakeSession.Picture::time)
                .containsExactly(1_772_366_400_250.0, 1_772_366_400_250.0 - 1_500.5);
    }

    @Test
    void writeIsDoneWhenTheConnectionHasTakenThePicture() {
        session.takes = false;
        write(1, false, 1000);
        assertThat(done).isEmpty();
        assertThat(watch.sink.isWriting()).isTrue();
        assertThat(watch.sink.size()).isEqualTo(1000 + HEADER);

        session.take();

        assertThat(done).containsExactly("drained");
        assertThat(watch.sink.isWriting()).isFalse();
    }

    @Test
    void writeFailsWhenTheConnectionDoes() {
        session.takes = false;
        write(1, false, 1000);

        session.fail(new IOException("reset"));

        assertThat(done).containsExactly("failed: reset");
        assertThat(watch.sink.isWriting()).isFalse();
    }

    @Test
    void whatIsNotThereAnyMoreIsNotSent() {
        session.takes = false;
        write(1, false, 1000);
        watch.sink.drop(new IOException("gone"));
        List<String> told = new ArrayList<>();

        watch.sink.send(session, Callback.from(() -> told.add("done"), why -> told.add("failed")));

        assertThat(told).containsExactly("done");
        assertThat(session.pictures).as("but for the first").hasSize(1);
        watch.sink.sent();
        watch.sink.drop(new IOException("gone"));
        assertThat(done).as("told once").containsExactly("failed: gone");
    }

    @Test
    void clientGetsTheEndOfAFeed() {
        peer.watch(9, "door");
        WatchedFeed own = peer.listed.getLast();

        write(own.sink, 0, false, 0, true);

        assertThat(session.texts).containsExactly("{\"ended\":9}");
        assertThat(session.pictures).isEmpty();
        assertThat(done).containsExactly("drained");
    }

    @Test
    void nothingIsSentAfterItWasForgotten() {
        watches.forget(7);

        write(1, false, 1000);

        assertThat(session.pictures).isEmpty();
        assertThat(done).containsExactly("drained");
        assertThat(underWay()).isZero();
    }

    @Test
    void viewerThatWasReplacedSendsNothing() {
        PictureSink before = watch.sink;
        watch.change(new StreamRequest(Framing.NONE, 0, new Variant(0, 0, 50, 0)));

        write(before, 1, false, 1000, false);

        assertThat(session.pictures).isEmpty();
        assertThat(done).containsExactly("drained");
    }

    @Test
    void cutEndsTheConnection() {
        watch.sink.cut();

        assertThat(session.disconnects).isEqualTo(1);
    }

    // other requests and sizes

    @Test
    void sameWishChangesNothing() {
        PictureSink before = watch.sink;

        watch.change(new StreamRequest(Framing.NONE, 0, Variant.ORIGINAL));

        assertThat(watch.sink).isSameAs(before);
    }

    @Test
    void otherWishGetsAnotherViewerAndTheFormerLeaves() {
        watch.change(new StreamRequest(Framing.NONE, 0, new Variant(0, 0, 50, 0)));

        assertThat(door.status().viewers()).isEqualTo(1);
        assertThat(door.status().variants())
                .singleElement()
                .satisfies(variant -> assertThat(variant.quality()).isEqualTo(50));
        assertThat(session.texts).as("of no other size").isEmpty();
    }

    @Test
    void anotherViewerWaitsUntilTheLastPictureOfTheOneBeforeTheLastHasGone() {
        session.takes = false;
        PictureSink first = watch.sink;
        write(1, false, 1000);
        watch.change(quality(10));
        PictureSink second = watch.sink;
        watch.change(quality(20));
        assertThat(watch.sink).isSameAs(second).isNotSameAs(first);
        watch.adapt();
        assertThat(watch.sink).isSameAs(second);

        session.take();
        watch.adapt();

        PictureSink third = watch.sink;
        assertThat(third).isNotSameAs(second);
        assertThat(door.status().variants())
                .singleElement()
                .satisfies(variant -> assertThat(variant.quality()).isEqualTo(20));
        watch.adapt();
        assertThat(watch.sink).as("once").isSameAs(third);
        assertThat(session.texts).isEmpty();
    }

    private static StreamRequest quality(int quality) {
        return new StreamRequest(Framing.NONE, 0, new Variant(0, 0, quality, 0));
    }

    @Test
    void whatIsForgottenHasNoViewerWhateverIsWishedThen() {
        watches.forget(7);

        watch.change(quality(10));

        assertThat(door.status().viewers()).isZero();
    }

    @Test
    void slowPicturesAreSentSmallerAndTheClientGetsTheStep() {
        door.publish(Peer.jpeg(640, 480));
        painted(20);
        PictureSink before = watch.sink;
        for (int i = 0; i < 2; i++) {
            door.publish(Peer.jpeg(640, 480));
            painted(400);
        }

        assertThat(session.texts).containsExactly("{\"level\":7,\"step\":1}");
        assertThat(watch.sink).isNotSameAs(before);
        assertThat(door.status().viewers()).isEqualTo(1);
        await().until(() -> door.status().variants().getFirst().width() == 480);
    }

    @Test
    void smallerPicturesKeepWhatElseIsWished() {
        watch.change(new StreamRequest(Framing.NONE, 5, new Variant(400, 0, 70, 90)));
        door.publish(Peer.jpeg(640, 480));
        await().until(() -> session.pictures.size() == 1);
        peer.passForAll(20);
        painted(0);
        peer.passForAll(2000);
        watch.adapt();
        door.publish(Peer.jpeg(640, 480));
        await().until(() -> session.pictures.size() == 2);
        peer.passForAll(300);
        painted(0);
        peer.passForAll(2000);
        watch.adapt();

        assertThat(session.texts).containsExactly("{\"level\":7,\"step\":1}");
        await().until(() -> door.status().variants().getFirst().height() == 400); // 0.75 of 400 is 300 wide
        assertThat(door.status().variants().getFirst().quality()).isEqualTo(70);
        assertThat(door.status().variants().getFirst().rotate()).isEqualTo(90);
    }

    @Test
    void picturesAtTheRateThatIsWishedLaterAreEnough() {
        watch.change(new StreamRequest(Framing.NONE, 2, AS_IT_IS.variant()));
        for (int i = 1; i <= 10; i++) { // of the feed's ten a second each fifth
            write(5L * i, false, 1000);
            painted(10);
            peer.ticker.passMillis(490);
        }

        assertThat(session.texts).isEmpty();
    }

    @Test
    void pictureThatDoesNotComeBackCountsAsLongAsItIsUnderWay() {
        door.publish(Peer.jpeg(16, 16));
        peer.ticker.passMillis(500);

        watch.adapt();

        assertThat(session.texts).singleElement().asString().startsWith("{\"level\":7,\"step\":");
    }

    // stuck

    @Test
    void viewerIsStuckWhenNothingWasAcknowledgedForSoLongThoughAPictureIsUnderWay() {
        peer.ticker.passMillis(10_000);
        assertThat(watch.sink.isStuck(5_000 * MILLI)).as("nothing is under way").isFalse();
        write(1, false, 1000);
        peer.ticker.passMillis(5_000);
        assertThat(watch.sink.isStuck(5_000 * MILLI)).isFalse();
        peer.ticker.passNanos(1);
        assertThat(watch.sink.isStuck(5_000 * MILLI)).isTrue();

        painted(0);

        assertThat(watch.sink.isStuck(5_000 * MILLI)).isFalse();
    }

    @Test
    void viewerWhoseFirstOfTwoCameBackIsNotStuck() {
        write(1, false, 1000);
        write(2, false, 1000);
        peer.ticker.passMillis(4_000);
        painted(0);
        peer.ticker.passMillis(5_000);
        assertThat(watch.sink.isStuck(5_000 * MILLI)).isFalse();

        peer.ticker.passNanos(1);

        assertThat(watch.sink.isStuck(5_000 * MILLI)).isTrue();
    }

    @Test
    void viewerThatWaitsForRoomIsStuckWhenTheConnectionIs() {
        watches.leaving(1_000_000); // other feeds' pictures
        peer.ticker.passMillis(5_000);
        assertThat(watch.sink.isReady()).isFalse();
        assertThat(watch.sink.isStuck(5_000 * MILLI)).isFalse();

        peer.ticker.passNanos(1);

        assertThat(watch.sink.isStuck(5_000 * MILLI)).isTrue();
    }
}

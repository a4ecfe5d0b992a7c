package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.Variant;
import dev.flipbook.feed.Feed;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.StreamRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which feeds a connection watches, and which of them may send a picture. */
@Timeout(180)
class WatchedFeedsTest {

    private static final long MILLI = 1_000_000;
    private static final StreamRequest AS_IT_IS = new StreamRequest(Framing.NONE, 0, Variant.ORIGINAL);

    private final Peer peer = new Peer().open();
    private final FakeSession session = peer.session;
    private final WatchedFeeds watches = new WatchedFeeds(peer.connection, peer.register(), peer.ticker);

    @AfterEach
    void end() {
        peer.close();
    }

    // which

    @Test
    void twoHundredAndFiftySixFeedsMayBeWatchedAndTheNextIsRefused() {
        Feed door = peer.feed("door");
        for (int i = 0; i < 256; i++) {
            watches.watch(i, door, AS_IT_IS);
        }
        assertThat(watches.size()).isEqualTo(256);

        assertThatThrownBy(() -> watches.watch(256, door, AS_IT_IS))
                .isInstanceOf(BadRequestException.class)
                .hasMessage("at most 256 feeds may be watched on one connection; open another one")
                .satisfies(e -> assertThat(((BadRequestException) e).status()).isEqualTo(429));

        assertThat(door.status().viewers()).isEqualTo(256);
        assertThat(peer.listed).hasSize(256);
        watches.watch(5, peer.feed("other"), AS_IT_IS);
        assertThat(door.status().viewers()).as("a number may get another feed").isEqualTo(255);
        watches.forget(6);
        watches.watch(256, door, AS_IT_IS);
        assertThat(watches.size()).isEqualTo(256);
    }

    @Test
    void clientWithTooManyFeedsIsRefused() {
        peer.feed("door");
        for (int i = 0; i <= 256; i++) {
            peer.watch(i, "door");
        }

        assertThat(session.texts)
                .containsExactly("{\"refused\":256,\"status\":429,\"reason\":"
                        + "\"at most 256 feeds may be watched on one connection; open another one\"}");
    }

    @Test
    void sameFeedUnderItsNumberGetsOtherWishesAndStaysTheSameStream() {
        Feed door = peer.feed("door");
        watches.watch(1, door, AS_IT_IS);
        WatchedFeed watch = peer.listed.getFirst();

        watches.watch(1, door, new StreamRequest(Framing.NONE, 0, new Variant(0, 0, 50, 0)));

        assertThat(peer.listed).containsExactly(watch);
        assertThat(door.status().variants()).hasSize(1);
    }

    @Test
    void otherFeedUnderANumberTakesThePlaceOfTheOneThere() {
        Feed door = peer.feed("door");
        Feed other = peer.feed("other");
        watches.watch(1, door, AS_IT_IS);

        watches.watch(1, other, AS_IT_IS);

        assertThat(door.status().viewers()).isZero();
        assertThat(other.status().viewers()).isEqualTo(1);
        assertThat(peer.listed).extracting(one -> one.label().feed()).containsExactly("other");
    }

    @Test
    void whatIsForgottenIsGoneAndTheOthersStay() {
        Feed door = peer.feed("door");
        for (int i = 1; i <= 3; i++) {
            watches.watch(i, door, AS_IT_IS);
        }
        WatchedFeed second = peer.listed.get(1);
        watches.forget(9);
        watches.forget(1);
        assertThat(watches.size()).isEqualTo(2);

        assertThat(watches.forget(3, second)).as("another's number").isFalse();
        assertThat(watches.forget(2, second)).isTrue();
        assertThat(watches.forget(2, second)).as("twice").isFalse();

        assertThat(watches.size()).isEqualTo(1);
        assertThat(door.status().viewers()).isEqualTo(1);
        assertThat(peer.listed).hasSize(1);
        watches.watch(4, door, AS_IT_IS);
        watches.forgetAll();
        assertThat(watches.size()).isZero();
        assertThat(peer.listed).isEmpty();
        assertThat(door.status().viewers()).isZero();
    }

    @Test
    void acknowledgementOfAFeedThatIsNotWatchedIsNone() {
        assertThat(watches.painted(1)).isFalse();
        Feed door = peer.feed("door");
        door.publish(Peer.jpeg(16, 16));
        watches.watch(1, door, AS_IT_IS);

        assertThat(watches.painted(2)).isFalse();
        assertThat(watches.painted(1)).isTrue();
        assertThat(watches.painted(1)).isFalse();
    }

    @Test
    void eachFeedIsAdapted() {
        for (String name : new String[] {"a", "b"}) {
            Feed feed = peer.feed(name);
            feed.publish(Peer.jpeg(16, 16));
            watches.watch(name.charAt(0), feed, AS_IT_IS);
        }
        peer.ticker.passMillis(600);

        watches.adapt();

        assertThat(session.texts).containsExactlyInAnyOrder("{\"level\":97,\"step\":2}", "{\"level\":98,\"step\":2}");
    }

    // room

    @Test
    void thereIsRoomForAPictureOfAnySizeUntilTheWindowIsFull() {
        assertThat(watches.hasRoom()).isTrue();
        assertThat(watches.leaving(131_071)).isEqualTo(131_071);
        assertThat(watches.hasRoom()).isTrue();
        assertThat(watches.leaving(1)).isEqualTo(131_072);
        assertThat(watches.hasRoom()).isFalse();

        watches.arrived(1);
        assertThat(watches.hasRoom()).isTrue();
        watches.leaving(5_000_000);
        watches.acknowledged(5_000_000);
        assertThat(watches.leaving(0)).isEqualTo(131_071);
    }

    @Test
    void connectionIsStuckWhenItIsFullAndNothingIsAcknowledged() {
        peer.ticker.passMillis(60_000);
        watches.leaving(131_071);
        peer.ticker.passMillis(60_000);
        assertThat(watches.isStuck(5_000 * MILLI)).as("there is room").isFalse();
        watches.acknowledged(0);
        watches.leaving(10);
        peer.ticker.passMillis(5_000);
        assertThat(watches.isStuck(5_000 * MILLI)).isFalse();
        peer.ticker.passNanos(1);
        assertThat(watches.isStuck(5_000 * MILLI)).isTrue();

        watches.acknowledged(1);

        assertThat(watches.hasRoom()).isFalse();
        assertThat(watches.isStuck(5_000 * MILLI)).isFalse();
    }

    @Test
    void connectionOnWhichNothingWasUnderWayForLongIsNotStuckAtOnce() {
        peer.ticker.passMillis(60_000);
        watches.leaving(200_000);
        assertThat(watches.isStuck(5_000 * MILLI)).isFalse();

        peer.ticker.passMillis(5_001);
        watches.leaving(10); // sending a picture does not count as an acknowledgement
        assertThat(watches.isStuck(5_000 * MILLI)).isTrue();
        watches.arrived(10);
        assertThat(watches.isStuck(5_000 * MILLI))
                .as("a forgotten feed's is none")
                .isTrue();
    }

    // who sends

    /** Watches this number of feeds, each with a newer picture that waits for room. */
    private void fill(int feeds, int bytes) {
        for (int i = 1; i <= feeds; i++) {
            peer.feed("f" + i).publish(Peer.jpeg(16, 16, bytes));
            watches.watch(i, peer.feed("f" + i), AS_IT_IS);
        }
    }

    @Test
    void onlyAsManyPicturesAreSentAsThereIsRoomFor() {
        fill(6, 50_000);

        assertThat(session.pictures)
                .as("100 KB leave room for one more")
                .extracting(FakeSession.Picture::number)
                .containsExactly(1, 2, 3);
        watches.pump();
        assertThat(session.pictures).hasSize(3);
        peer.ticker.passMillis(400); // so that the window becomes no larger
        watches.painted(1);
        assertThat(session.pictures).hasSize(3);
        watches.pump();
        assertThat(session.pictures).hasSize(4);
    }

    @Test
    void eachGetsItsTurnWhereverItStands() {
        fill(6, 100_000);
        int[] sent = new int[7];
        byte[] picture = Peer.jpeg(16, 16, 100_000);
        for (int shown = 0; shown < 120; shown++) {
            for (int i = 1; i <= 6; i++) {
                peer.feed("f" + i).publish(picture);
            }
            FakeSession.Picture next = session.pictures.get(shown);
            sent[next.number()]++;
            peer.ticker.passMillis(1000);
            watches.painted(next.number());
            watches.pump();
        }

        assertThat(Arrays.stream(sent).skip(1)).allMatch(count -> count >= 10);
    }

    @Test
    void addedOrRemovedFeedIsPumpedFromThenOn() {
        fill(2, 140_000); // one at a time
        watches.pump();
        assertThat(session.pictures).extracting(FakeSession.Picture::number).containsExactly(1);
        fill(3, 140_000);
        watches.forget(2);

        peer.ticker.passMillis(1000); // so that the window becomes no larger
        watches.painted(1);
        for (int i = 0; i < 3; i++) {
            watches.pump();
        }

        assertThat(session.pictures).hasSize(2);
        assertThat(session.pictures.getLast().number()).isIn(1, 3);
        peer.ticker.passMillis(1000);
        watches.painted(session.pictures.getLast().number());
        watches.pump();
        assertThat(session.pictures).extracting(FakeSession.Picture::number).contains(1, 3);
    }

    /** An acknowledgement comes while other feeds are woken: the thread that runs the rounds then makes one more. */
    @Test
    void whatBecomesPossibleDuringARoundIsDoneInTheNext() {
        aRoundDuringWhichAnotherFeedMaySend();
    }

    private void aRoundDuringWhichAnotherFeedMaySend() {
        byte[] picture = Peer.jpeg(16, 16, 1000);
        fill(2, 1000);
        for (int i = 1; i <= 2; i++) {
            peer.feed("f" + i).publish(picture);
            peer.feed("f" + i).publish(picture); // for which there is no place
        }
        assertThat(session.pictures).hasSize(4);
        watches.painted(2);
        AtomicInteger rounds = new AtomicInteger();
        session.whenPicture = sent -> {
            if (rounds.getAndIncrement() == 0) {
                watches.painted(1);
                watches.pump();
                assertThat(session.pictures).as("not inside of the other").hasSize(5);
            }
        };

        watches.pump();

        assertThat(session.pictures)
                .extracting(FakeSession.Picture::number)
                .endsWith(2, 1)
                .hasSize(6);
    }

    @Test
    void thereIsAnotherRoundAfterOneThatWasAskedForDuringARound() {
        aRoundDuringWhichAnotherFeedMaySend();
        watches.painted(1);
        peer.feed("f1").publish(Peer.jpeg(16, 16, 2000));
        int before = session.pictures.size();
        peer.feed("f1").publish(Peer.jpeg(16, 16, 2000));
        watches.painted(1);

        watches.pump();

        assertThat(session.pictures).hasSizeGreaterThan(before);
    }

    @Test
    void messageThatWasTakenLetsTheNextPictureGo() {
        session.takes = false;
        Feed door = peer.feed("door");
        door.publish(Peer.jpeg(16, 16));
        peer.watch(1, "door");
        peer.say("{\"ping\":1}");
        door.publish(Peer.jpeg(16, 16));
        peer.passTicking(Duration.ofMillis(250));
        assertThat(session.pictures).as("one that is being written").hasSize(1);

        session.takeAll();

        assertThat(session.pictures).hasSize(2);
        assertThat(session.texts).hasSize(1);
    }
}

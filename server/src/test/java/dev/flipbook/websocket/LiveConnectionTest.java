package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.feed.Feed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.websocket.api.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which messages of a client are read, how fast, and what the answers are. */
@Timeout(180)
class LiveConnectionTest {

    private final Peer peer = new Peer().open();
    private final FakeSession session = peer.session;

    @AfterEach
    void end() {
        peer.close();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    // reading

    @Test
    void openedConnectionIsCountedAndRead() {
        assertThat(peer.life).containsExactly("opened");
        assertThat(session.demands).isEqualTo(1);
    }

    @Test
    void eachMessageIsDemandedOnce() {
        peer.say("{\"ping\":1}");
        assertThat(session.demands).isEqualTo(2);
        peer.say("{\"forget\":1}");
        assertThat(session.demands).isEqualTo(3);
        peer.connection.tick();
        peer.connection.tick();

        assertThat(session.demands).isEqualTo(3);
    }

    @Test
    void clientThatDoesNotReadIsNotReadUntilItDoes() {
        session.takes = false;
        for (int i = 1; i <= 64; i++) {
            peer.say("{\"ping\":" + i + "}");
            assertThat(session.demands).isEqualTo(1 + i);
        }
        peer.say("{\"ping\":65}");
        assertThat(session.demands).as("65 answers wait").isEqualTo(65);
        peer.connection.tick();
        assertThat(session.demands).isEqualTo(65);

        session.take();

        assertThat(session.demands).isEqualTo(66);
        session.take();
        assertThat(session.demands).as("once for each message").isEqualTo(66);
    }

    @Test
    void waitingPicturesAreNotAnswers() {
        peer.feed("door").publish(Peer.jpeg(16, 16));
        session.takes = false;
        peer.watch(1, "door"); // whose picture is the first that waits
        int before = session.demands;

        for (int i = 1; i <= 64; i++) {
            peer.say("{\"ping\":" + i + "}");
        }
        assertThat(session.demands).isEqualTo(before + 64);
        peer.say("{\"ping\":65}");
        assertThat(session.demands).isEqualTo(before + 64);
    }

    /** That thread is shared with other connections, and would have to handle the client's next message. */
    @Test
    void threadThatNoticesATakenMessageDemandsNone() {
        session.takes = false;
        for (int i = 1; i <= 65; i++) {
            peer.say("{\"ping\":" + i + "}");
        }
        peer.others = false;

        session.take();

        assertThat(session.demands).isEqualTo(65);
        assertThat(peer.waiting()).isEqualTo(1);
        peer.runOthers();
        assertThat(session.demands).isEqualTo(66);
        session.take();
        assertThat(peer.waiting()).as("it is being heard").isZero();
    }

    @Test
    void sixHundredMessagesAreReadAtOnceAndThenTwoHundredASecond() {
        for (int i = 1; i < 600; i++) {
            peer.say("{\"forget\":1}");
        }
        assertThat(session.demands).isEqualTo(600);
        peer.say("{\"forget\":1}");
        assertThat(session.demands).isEqualTo(600);

        peer.ticker.passMillis(5);
        peer.connection.tick();

        assertThat(session.demands).isEqualTo(601);
        peer.say("{\"forget\":1}");
        assertThat(session.demands).isEqualTo(601);
    }

    @Test
    void acknowledgementsOfPicturesAreNotCountedAndOthersAre() {
        Feed door = peer.feed("door");
        byte[] picture = Peer.jpeg(16, 16);
        peer.watch(1, "door");
        for (int i = 0; i < 1000; i++) {
            door.publish(picture);
            peer.painted(1);
        }
        assertThat(session.pictures).hasSize(1000);
        assertThat(session.demands).isEqualTo(1002);

        for (int i = 0; i < 1000; i++) {
            peer.painted(1); // of no picture
        }

        assertThat(session.demands).isEqualTo(600 + 1000);
    }

    @Test
    void pingIsAnsweredWithItsOwnBytesAndTheNextHeardWhenTheClientHasTheAnswer() {
        session.takes = false;
        peer.connection.onWebSocketPing(bytes("abc"));

        assertThat(session.pongs).containsExactly("abc");
        assertThat(session.demands).isEqualTo(1);
        session.take();
        assertThat(session.demands).isEqualTo(2);
        peer.connection.onWebSocketPing(bytes("def"));
        session.fail(new IOException("gone"));
        assertThat(session.demands).isEqualTo(3);
    }

    @Test
    void pingsAndPongsCountToo() {
        for (int i = 0; i < 400; i++) {
            peer.connection.onWebSocketPing(bytes(""));
            peer.pong();
        }

        assertThat(session.demands).isEqualTo(600);
    }

    @Test
    void binaryMessageClosesTheConnection() {
        AtomicInteger given = new AtomicInteger();
        peer.connection.onWebSocketBinary(bytes("x"), Callback.from(given::incrementAndGet, why -> {}));

        assertThat(given).hasValue(1);
        assertThat(session.closedWith).isEqualTo(1003);
        assertThat(session.reason).isEqualTo("messages to the server are text, one JSON object each");
        assertThat(session.demands).as("for the client's answer to that").isEqualTo(2);
    }

    @Test
    void whatIsNoMessageClosesTheConnection() {
        peer.say("hello");

        assertThat(session.closedWith).isEqualTo(1008);
        assertThat(session.reason).isEqualTo("a message is one JSON object, such as {\"watch\":1,\"feed\":\"door\"}");
        assertThat(session.demands).as("for the client's answer to that").isEqualTo(2);
        assertThat(session.texts).isEmpty();
    }

    // answers

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'watch':3,'feed':'dor'} | 3 | 404 | there is no feed 'dor'; there are: door",
                "{'watch':3} | 3 | 400 | a watch names its feed: {\\\"watch\\\":1,\\\"feed\\\":\\\"door\\\"}",
                "{'watch':3,'feed':''} | 3 | 400 | a watch names its feed: {\\\"watch\\\":1,\\\"feed\\\":\\\"door\\\"}",
                "{'watch':3,'feed':'door','fps':0} | 3 | 400 | fps is a number from 0.1 to 1000, not '0'",
                "{'watch':3,'feed':'door','rotate':45} | 3 | 400 "
                        + "| rotate is one of: 0, 90, 180, 270 (degrees clockwise), not '45'",
                "{'watch':-1,'feed':'door'} | false | 400 | watch is a number from 0 to 65535, not -1",
                "{'forget':-1} | false | 400 | forget is a number from 0 to 65535, not -1",
                "{'painted':70000} | false | 400 | painted is a number from 0 to 65535, not 70000",
                "{'status':1} | false | 400 | status is true or false, not 1",
                "{'ping':'x'} | false | 400 | ping is a number, not \\\"x\\\"",
                "{'what':1} | false | 400 | a message has one of the keys: watch, forget, painted, status, ping",
            })
    void whatCannotBeDoneIsRefusedWithASentence(String message, String number, int status, String reason) {
        peer.feed("door");

        peer.say(message.replace('\'', '"'));

        assertThat(session.texts)
                .containsExactly(
                        "{\"refused\":" + number + ",\"status\":" + status + ",\"reason\":\"" + reason + "\"}");
        assertThat(session.closedWith).isZero();
        assertThat(peer.listed).isEmpty();
    }

    @Test
    void pongHasTheNumberAsItWasSentAndTheServersTime() {
        peer.say("{\"ping\":12.50}");

        assertThat(session.texts).containsExactly("{\"pong\":12.5,\"time\":1772366400250.000}");
    }

    @Test
    void pictureHasItsNumberItsSequenceAndWhenItWasTaken() {
        Feed door = peer.feed("door");
        byte[] picture = Peer.jpeg(16, 16);
        door.publish(picture);
        peer.passForAll(400);

        peer.watch(258, "door");

        assertThat(session.pictures).singleElement().satisfies(one -> {
            assertThat(one.version()).isEqualTo(1);
            assertThat(one.kind()).isZero();
            assertThat(one.number()).isEqualTo(258);
            assertThat(one.sequence()).isEqualTo(1);
            assertThat(one.time()).isEqualTo(1_772_366_400_250.0);
            assertThat(one.type()).isEqualTo("image/jpeg");
            assertThat(one.bytes()).isEqualTo(picture);
        });
    }

    @Test
    void watchThatIsRefusedEndsWhatWasWatchedUnderItsNumber() {
        Feed door = peer.feed("door");
        peer.watch(1, "door");
        peer.watch(2, "door");
        assertThat(door.status().viewers()).isEqualTo(2);

        peer.watch(1, "dor");

        assertThat(session.texts).singleElement().asString().startsWith("{\"refused\":1,\"status\":404");
        assertThat(door.status().viewers()).isEqualTo(1);
        door.publish(Peer.jpeg(16, 16));
        assertThat(session.pictures).extracting(FakeSession.Picture::number).containsExactly(2);
        peer.say("{\"forget\":99999}");
        assertThat(door.status().viewers()).as("no number was named").isEqualTo(1);
    }

    @Test
    void forgottenFeedHasNoViewerAndIsNotListed() {
        Feed door = peer.feed("door");
        peer.watch(1, "door");
        assertThat(peer.listed).hasSize(1);

        peer.say("{\"forget\":1}");

        assertThat(door.status().viewers()).isZero();
        assertThat(peer.listed).isEmpty();
    }

    @Test
    void wishesGoToTheFeed() {
        Feed door = peer.feed("door");
        peer.say("{\"watch\":1,\"feed\":\"door\",\"quality\":70,\"rotate\":90}");

        assertThat(door.status().variants()).singleElement().satisfies(variant -> {
            assertThat(variant.quality()).isEqualTo(70);
            assertThat(variant.rotate()).isEqualTo(90);
        });
    }

    @Test
    void rateThatIsWishedIsKept() {
        Feed door = peer.feed("door");
        byte[] picture = Peer.jpeg(16, 16);
        peer.say("{\"watch\":1,\"feed\":\"door\",\"fps\":1}");
        for (int i = 0; i < 100; i++) {
            door.publish(picture);
            peer.painted(1);
            peer.passForAll(33);
        }

        assertThat(session.pictures).hasSizeBetween(3, 5);
    }

    // the status of feeds

    @Test
    void statusIsSentAtOnceAndUntilItIsNotWanted() {
        peer.say("{\"status\":true}");
        assertThat(session.texts).containsExactly("{\"feeds\":[]}");
        peer.say("{\"status\":true}");
        assertThat(peer.listeners).as("one who asks twice").hasSize(1);

        peer.listeners.getFirst().accept("two");
        assertThat(session.texts).containsExactly("{\"feeds\":[]}", "two");
        peer.say("{\"status\":false}");
        assertThat(peer.listeners).isEmpty();
        peer.say("{\"status\":false}");
        peer.say("{\"status\":true}");
        assertThat(peer.listeners).hasSize(1);
    }

    @Test
    void clientThatHasNotTakenTheLastStatusGetsNoOther() {
        session.takes = false;
        peer.say("{\"status\":true}");
        peer.listeners.getFirst().accept("two");
        session.take();
        assertThat(session.untaken()).isZero();

        peer.listeners.getFirst().accept("three");

        assertThat(session.texts).containsExactly("{\"feeds\":[]}", "three");
    }

    @Test
    void closedConnectionGetsNoStatus() {
        peer.say("{\"status\":true}");

        peer.leave();

        assertThat(peer.listeners).isEmpty();
    }

    /** The first status cannot be sent, and the connection fails before it has the action that ends the updates. */
    @Test
    void connectionThatFailsAtTheFirstStatusGetsNoOther() {
        session.failure = new IOException("reset");
        session.whenDisconnected = peer::leave;

        peer.say("{\"status\":true}");

        assertThat(peer.listeners).isEmpty();
    }

    @Test
    void whoIsGoneBeforeTheFirstPictureIsSentWatchesNothing() {
        Feed door = peer.feed("door");
        door.publish(Peer.jpeg(16, 16));
        session.failure = new IOException("reset");
        session.whenDisconnected = peer::leave;

        peer.watch(1, "door");

        assertThat(door.status().viewers()).isZero();
        assertThat(peer.listed).isEmpty();
    }

    // the end

    @Test
    void clientThatLeavesLeavesNothing() {
        Feed door = peer.feed("door");
        peer.watch(1, "door");
        peer.watch(2, "door");
        peer.feed("other");
        peer.watch(3, "other");
        AtomicInteger given = new AtomicInteger();

        peer.connection.onWebSocketClose(1000, "", Callback.from(given::incrementAndGet, why -> {}));

        assertThat(given).hasValue(1);
        assertThat(peer.life).containsExactly("opened", "closed");
        assertThat(peer.feeds.viewers()).isZero();
        assertThat(peer.listed).isEmpty();
        int texts = session.texts.size();
        peer.watch(4, "door");
        peer.say("{\"ping\":1}");
        assertThat(session.texts).hasSize(texts);
        assertThat(door.status().viewers()).isZero();
    }

    @Test
    void connectionThatFailsLeavesNothing() {
        Feed door = peer.feed("door");
        peer.watch(1, "door");

        peer.connection.onWebSocketError(new IOException("reset"));

        assertThat(peer.life).containsExactly("opened", "closed");
        assertThat(door.status().viewers()).isZero();
        assertThat(peer.listed).isEmpty();
    }

    @Test
    void picturesThatWaitWhenTheConnectionEndsGiveTheirMemoryBack() {
        session.takes = false;
        peer.feed("door").publish(Peer.jpeg(16, 16, 5000));
        peer.watch(1, "door");
        peer.feeds.remove("door");
        assertThat(peer.feeds.usedBytes()).isPositive();

        peer.leave();
        session.fail(new IOException("closed"));

        assertThat(peer.feeds.usedBytes()).isZero();
    }

    @Test
    void whatWaitsWhenTheConnectionIsGoneIsNotSent() {
        session.takes = false;
        peer.say("{\"ping\":1}");
        peer.say("{\"ping\":2}");
        assertThat(session.texts).hasSize(1);

        peer.leave();
        session.takeAll();

        assertThat(session.texts).hasSize(1);
    }

    @Test
    void pictureThatIsNotAcknowledgedIsFollowedBySmallerOnesFromATickOn() {
        peer.feed("door").publish(Peer.jpeg(16, 16));
        peer.watch(1, "door");

        peer.passTicking(Duration.ofSeconds(1));

        assertThat(session.texts).isNotEmpty().first().asString().startsWith("{\"level\":1,\"step\":");
    }

    @Test
    void clientGetsTheEndOfARemovedFeed() {
        peer.feed("door");
        peer.watch(5, "door");

        peer.feeds.remove("door");

        assertThat(session.texts).containsExactly("{\"ended\":5}");
        assertThat(peer.listed).isEmpty();
    }

    @Test
    void endOfAStreamIsSentOnce() {
        Feed door = peer.feed("door");
        peer.watch(5, "door");
        WatchedFeed watch = peer.listed.getFirst();

        watch.end();
        watch.end();

        assertThat(session.texts).containsExactly("{\"ended\":5}");
        assertThat(door.status().viewers()).isZero();
        peer.watch(5, "door");
        watch.end();
        assertThat(door.status().viewers()).as("another one of the same number").isEqualTo(1);
    }

    @Test
    void serverThatStopsWaitsUntilTheClientIsGone() {
        CompletableFuture<?> stopped = peer.connection.stop();

        assertThat(session.closedWith).isEqualTo(1001);
        assertThat(session.reason).isEqualTo("the server stops");
        session.whenClosed.succeed();
        assertThat(stopped).isNotDone();
        peer.leave();
        assertThat(stopped).isCompleted();
    }

    @Test
    void stoppingServerDoesNotWaitForAClientThatCannotBeReached() {
        CompletableFuture<?> stopped = peer.connection.stop();

        session.whenClosed.fail(new IOException("reset"));

        assertThat(stopped).isCompletedExceptionally();
    }

    @Test
    void stoppingServerDoesNotWaitForClosedOrUnopenedConnections() {
        session.open = false;
        assertThat(peer.connection.stop()).isCompleted();
        assertThat(session.closedWith).isZero();

        try (Peer other = new Peer()) {
            assertThat(other.connection.stop()).isCompleted();
        }
    }

    /** Jetty's own threads may still hold a lock that ending the connection takes. */
    @Test
    void connectionIsCutByAnotherThread() {
        peer.others = false;
        peer.connection.cut();
        assertThat(session.disconnects).isZero();

        peer.runOthers();

        assertThat(session.disconnects).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"ping\":1}", "{\"watch\":1,\"feed\":\"door\"}", "hello"})
    void beforeItOpensAndWithoutASessionNothingIsDone(String message) {
        try (Peer other = new Peer()) {
            other.feed("door");
            other.say(message);
            other.pong();
            other.connection.onWebSocketPing(bytes("x"));
            other.connection.cut();
            other.connection.tick();
            other.connection.beginAnew();

            assertThat(List.of(other.session.demands, other.session.closedWith, other.session.disconnects))
                    .containsOnly(0);
            assertThat(other.session.texts).isEmpty();
            assertThat(other.session.pongs).isEmpty();
            assertThat(other.session.pings).isEmpty();
        }
    }

    @Test
    void itSaysWhoseItIs() {
        assertThat(peer.connection.address()).isEqualTo("192.0.2.7");
        assertThat(peer.connection.client()).isEqualTo("192.0.2.7:99");
    }
}

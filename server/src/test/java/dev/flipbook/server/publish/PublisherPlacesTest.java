package dev.flipbook.server.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.FakeRequest;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.http.PeerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PublisherPlacesTest {

    private static final PeerAddress ROBOT = peer("10.0.0.7");
    private static final PeerAddress CAMERA = peer("10.0.0.8");
    private static final PeerAddress OTHER = peer("10.0.0.9");
    private static final PeerAddress PROXY = peer("127.0.0.1");

    private final PublisherPlaces places = new PublisherPlaces(new PublisherPlaces.Shares(4, 3, 2));

    private static PeerAddress peer(String address) {
        try {
            return PeerAddress.of(new InetSocketAddress(InetAddress.getByName(address), 1));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private PublisherPlaces.Place hold(String feed, PeerAddress peer) {
        return places.enter(feed, peer);
    }

    @Test
    void oneAddressHasHalfOfThePlacesAndThisMachineThreeQuarters() {
        hold("a", ROBOT);
        hold("b", ROBOT);
        assertThatThrownBy(() -> places.enter("c", ROBOT))
                .hasMessage("your address has 2 of the 4 publishers, which is its share;"
                        + " try again when one of them has ended");
        assertThat(new PublisherPlaces.Shares(4, 3, 2).of(PROXY)).isEqualTo(3);

        hold("c", CAMERA);
    }

    @Test
    void operatorsMaySetTheShareOfAnAddress() {
        assertThat(PublisherPlaces.Shares.of(0)).isEqualTo(new PublisherPlaces.Shares(64, 48, 32));
        assertThat(PublisherPlaces.Shares.of(5)).isEqualTo(new PublisherPlaces.Shares(64, 5, 5));
        assertThat(PublisherPlaces.Shares.of(20_000)).isEqualTo(new PublisherPlaces.Shares(64, 64, 64));
    }

    @Test
    void allPlacesTogetherAreBounded() {
        hold("a", ROBOT);
        hold("b", ROBOT);
        hold("c", CAMERA);
        PublisherPlaces.Place last = hold("d", CAMERA);
        assertThatThrownBy(() -> places.enter("e", OTHER))
                .hasMessage(
                        "there are 4 publishers already, which is the maximum; try again when one of them has ended");

        last.leave(CAMERA);

        hold("e", OTHER);
    }

    @Test
    void takeoverNeedsNoPlace() {
        PublisherPlaces.Place first = hold("a", ROBOT);
        hold("b", ROBOT);
        hold("c", CAMERA);
        hold("d", CAMERA);

        PublisherPlaces.Place same = hold("a", ROBOT);
        PublisherPlaces.Place third = hold("a", OTHER);
        first.leave(ROBOT);
        same.leave(ROBOT);

        assertThatThrownBy(() -> places.enter("e", ROBOT)).hasMessageStartingWith("there are 4");
        third.leave(OTHER);
        hold("e", ROBOT);
    }

    @Test
    void whoTakesOverFromAnotherAddressHasThePlaceInItsShare() {
        PublisherPlaces.Place before = hold("a", ROBOT);
        hold("b", ROBOT);
        PublisherPlaces.Place taken = hold("c", CAMERA);

        assertThatThrownBy(() -> places.enter("c", ROBOT)).hasMessageStartingWith("your address has 2");
        hold("a", CAMERA);
        before.leave(ROBOT);

        assertThat(hold("d", ROBOT)).isNotNull();
        assertThatThrownBy(() -> places.enter("b", CAMERA)).hasMessageStartingWith("your address has 2");
        taken.leave(CAMERA);
    }

    @Test
    void takeoversThatHaveOnlyBegunCountToo() {
        hold("a", CAMERA);
        hold("b", OTHER);
        hold("c", OTHER);
        hold("a", ROBOT);
        hold("b", ROBOT);

        assertThatThrownBy(() -> places.enter("c", ROBOT)).hasMessageStartingWith("your address has 2");
    }

    @Test
    void refusedAttemptDoesNotCount() {
        hold("a", ROBOT);
        hold("b", ROBOT);
        places.enter("a", CAMERA).leave(CAMERA); // another one publishes, and it does not take over

        assertThatThrownBy(() -> places.enter("c", ROBOT)).hasMessageStartingWith("your address has 2");
    }

    @Test
    void whoTakesOverReadsWhenTheOneBeforeHasEnded() throws Exception {
        PublisherPlaces.Place place = hold("a", ROBOT);
        place.awaitTurn();
        AtomicBoolean reads = new AtomicBoolean();
        CountDownLatch comes = new CountDownLatch(1);
        Thread next = Thread.ofVirtual().start(() -> {
            comes.countDown();
            try {
                hold("a", CAMERA).awaitTurn();
                reads.set(true);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(comes.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(reads).isFalse();

        place.endTurn();

        next.join();
        assertThat(reads).isTrue();
    }

    @Test
    void whoeverTakesOverWaitsNotForEver() throws Exception {
        PublisherPlaces hasty = new PublisherPlaces(new PublisherPlaces.Shares(4, 3, 2), Duration.ofMillis(1));
        PublisherPlaces.Place place = hasty.enter("a", ROBOT);
        place.awaitTurn();

        assertThatThrownBy(() -> hasty.enter("a", CAMERA).awaitTurn())
                .hasMessage("the previous publisher has not ended within 0 s; try again")
                .isInstanceOfSatisfying(HttpError.class, error -> {
                    FakeRequest request = new FakeRequest("PUT", "/");
                    error.answer(request.exchange(""));
                    assertThat(request.response.getStatus()).isEqualTo(503);
                    assertThat(request.response.header("Retry-After")).isEqualTo("1");
                });
        assertThat(places.patience()).as("without another wish").isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void allAreGoneWhenTheLastHasLeft() {
        assertThat(places.isEmpty()).isTrue();
        PublisherPlaces.Place place = hold("a", ROBOT);
        hold("a", CAMERA);
        place.leave(ROBOT);
        assertThat(places.isEmpty()).isFalse();

        place.leave(CAMERA);

        assertThat(places.isEmpty()).isTrue();
    }

    @Test
    void networkOfAnIpv6AddressIsOnePeer() {
        assertThat(List.of(peer("2001:db8::1"), peer("2001:db8::ffff:1"))).containsOnly(peer("2001:db8::2"));
        assertThat(peer("2001:db8:0:1::1")).isNotEqualTo(peer("2001:db8::1"));
        assertThat(peer("::1").isThisMachine()).isTrue();
    }
}

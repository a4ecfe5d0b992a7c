package dev.flipbook.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.http.PeerAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many changes may be under way. */
class ChangePlacesTest {

    private static final PeerAddress ONE = new PeerAddress("127.0.0.1", true);
    private static final PeerAddress OTHER = new PeerAddress("127.0.0.2", true);

    private final ChangePlaces places = new ChangePlaces();

    @Test
    void oneFeedHasAQuarterOfThePlaces() {
        List<ChangePlaces.Place> taken = fill("door", ONE, ChangePlaces.ALL / 4);

        assertFull("door", OTHER);
        places.enter(ONE, "yard");
        places.leave(taken.getFirst());
        places.enter(OTHER, "door");
        assertFull("door", ONE);
    }

    @Test
    void oneAddressHasThreeQuartersOfThePlaces() {
        fillFeeds(ONE, ChangePlaces.ALL * 3 / 4);

        assertFull("more", ONE);
        places.enter(OTHER, "more");
    }

    @Test
    void allPlacesTogetherAreBounded() {
        fillFeeds(ONE, 48);
        List<ChangePlaces.Place> taken = fill("more", OTHER, 16);

        assertFull("yet another", OTHER);
        places.leave(taken.getLast());
        places.enter(OTHER, "yet another");
    }

    private void fillFeeds(PeerAddress peer, int count) {
        for (int i = 0; i < count; i++) {
            places.enter(peer, "feed" + i);
        }
    }

    private List<ChangePlaces.Place> fill(String feed, PeerAddress peer, int count) {
        List<ChangePlaces.Place> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(places.enter(peer, feed));
        }
        return taken;
    }

    private void assertFull(String feed, PeerAddress peer) {
        assertThatThrownBy(() -> places.enter(peer, feed))
                .hasMessage("too many changes are under way; try again when one of them is done")
                .satisfies(error -> assertThat(((HttpError) error).status()).isEqualTo(503));
    }
}

package dev.flipbook.server.publish;

import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.http.PeerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits publishers over HTTP: 64 places, one for each feed that is published to. One address may have only a share of
 * them. A client that takes over a feed uses the place of the previous publisher, and begins to read after that
 * publisher has ended. So a takeover needs no place of its own, and a place never holds the pictures of two publishers.
 * Thread-safe.
 */
public final class PublisherPlaces {

    /**
     * Maximum numbers of places.
     *
     * @param all in total; each may hold one or two incomplete pictures
     * @param thisMachine from this machine: three quarters, the same share as of connections, because a proxy may
     *     connect for many clients
     * @param oneAddress from any other address: half, so that one client leaves as many places to all others
     */
    public record Shares(int all, int thisMachine, int oneAddress) {

        private static final int ALL = 64;

        /** The maximum numbers with this share for each address, or the default numbers if the share is 0. */
        public static Shares of(int share) {
            return share == 0 ? new Shares(ALL, 48, 32) : new Shares(ALL, Math.min(ALL, share), Math.min(ALL, share));
        }

        int of(PeerAddress peer) {
            return peer.isThisMachine() ? thisMachine : oneAddress;
        }
    }

    /**
     * Maximum time for the previous publisher to end. This time is much longer than the decoding of a picture, which
     * cannot be interrupted.
     */
    private static final Duration TAKEOVER_TIMEOUT = Duration.ofSeconds(10);

    private final Shares shares;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Place> places = new HashMap<>(); // By the feed's name. Guarded by lock.

    PublisherPlaces(Shares shares) {
        this(shares, TAKEOVER_TIMEOUT);
    }

    /** @param patience maximum time for the previous publisher to end */
    PublisherPlaces(Shares shares, Duration patience) {
        this.shares = shares;
        this.patience = patience;
    }

    /** Maximum time for which a client that takes over waits for the previous publisher. */
    Duration patience() {
        return patience;
    }

    /**
     * Enters the place of a feed, which is made if there is none. The caller must leave it.
     *
     * @throws HttpError with the status 503 if all places are taken, or this address has its share
     */
    Place enter(String feed, PeerAddress peer) {
        lock.lock();
        try {
            Place place = places.get(feed);
            if (place == null && places.size() >= shares.all()) {
                throw full("there are " + shares.all() + " publishers already, which is the maximum");
            }
            if ((place == null || !place.peers.contains(peer)) && heldBy(peer) >= shares.of(peer)) {
                throw full("your address has " + shares.of(peer) + " of the " + shares.all()
                        + " publishers, which is its share");
            }
            if (place == null) {
                place = new Place(feed);
                places.put(feed, place);
            }
            place.peers.add(peer);
            return place;
        } finally {
            lock.unlock();
        }
    }

    private static HttpError full(String why) {
        return new HttpError(503, why + "; try again when one of them has ended", "Retry-After", "1");
    }

    private long heldBy(PeerAddress peer) {
        return places.values().stream()
                .filter(place -> place.peers.contains(peer))
                .count();
    }

    /** Whether there are no publishers. */
    boolean isEmpty() {
        lock.lock();
        try {
            return places.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** The place of a feed, which its publishers use one after the other. */
    final class Place {

        private final String feed;
        private final Semaphore turn = new Semaphore(1);

        // Guarded by lock.
        private final List<PeerAddress> peers = new ArrayList<>(); // the one that publishes, and those that take over

        private Place(String feed) {
            this.feed = feed;
        }

        /**
         * Waits until the previous publisher has finished reading. The caller must end the turn.
         *
         * @throws HttpError with the status 503 if that takes more than 10 s
         */
        void awaitTurn() throws InterruptedException {
            if (!turn.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new HttpError(
                        503,
                        "the previous publisher has not ended within " + patience.toSeconds() + " s; try again",
                        "Retry-After",
                        "1");
            }
        }

        void endTurn() {
            turn.release();
        }

        void leave(PeerAddress peer) {
            lock.lock();
            try {
                peers.remove(peer);
                if (peers.isEmpty()) {
                    places.remove(feed);
                }
            } finally {
                lock.unlock();
            }
        }
    }
}

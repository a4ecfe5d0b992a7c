package dev.flipbook.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The places for publishers over HTTP, one for each feed that is published to. Whoever takes over a feed has the place of the
 * one before, and reads when that one has ended: so a takeover needs no place of its own, and a place never holds the pictures
 * of two. Of all places one address may have only a share. Thread-safe.
 */
final class PublisherPlaces {

    /**
     * How many places there are.
     *
     * @param all each may hold a picture or two that is not whole yet
     * @param thisMachine three quarters, which is this machine's share of the connections too: a proxy may stand for many
     * @param oneAddress half, so that one client leaves as many to all others
     */
    record Shares(int all, int thisMachine, int oneAddress) {

        private static final int ALL = 64;

        /** With this share for each address, or the default ones for 0. */
        static Shares of(int share) {
            return share == 0 ? new Shares(ALL, 48, 32) : new Shares(ALL, Math.min(ALL, share), Math.min(ALL, share));
        }

        int of(PeerAddress peer) {
            return peer.isThisMachine() ? thisMachine : oneAddress;
        }
    }

    /** For the one before to end: many times what a picture takes to be decoded, which nothing interrupts. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Shares shares;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Place> places = new HashMap<>(); // by the feed's name; guarded by lock

    PublisherPlaces(Shares shares) {
        this(shares, PATIENCE);
    }

    /** @param patience for the publisher before to end */
    PublisherPlaces(Shares shares, Duration patience) {
        this.shares = shares;
        this.patience = patience;
    }

    /**
     * Enters the place of a feed, which is made when there is none.
     *
     * @throws HttpError when all places are taken, or as many as this address may have
     */
    Place enter(String feed, PeerAddress peer) {
        lock.lock();
        try {
            Place place = places.get(feed);
            if (place == null && places.size() >= shares.all()) {
                throw full("there are " + shares.all() + " publishers already, which is the most");
            }
            if ((place == null || !place.peers.contains(peer)) && heldBy(peer) >= shares.of(peer)) {
                throw full("your address has " + shares.of(peer) + " of the " + shares.all()
                        + " publishers that there may be, which is its share");
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

    /** Whether there is no publisher. */
    boolean isEmpty() {
        lock.lock();
        try {
            return places.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** What the publishers of one feed have, one after the other. Whoever has entered it leaves it. */
    final class Place {

        private final String feed;
        private final Semaphore turn = new Semaphore(1);

        // guarded by lock
        private final List<PeerAddress> peers =
                new ArrayList<>(); // of the one that publishes, and of those that take over

        private Place(String feed) {
            this.feed = feed;
        }

        /**
         * Waits until the publisher before has read its last. The turn is to be ended.
         *
         * @throws HttpError when that takes too long
         */
        void awaitTurn() throws InterruptedException {
            if (!turn.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new HttpError(
                        503,
                        "the publisher before has not ended within " + patience.toSeconds() + " s; try again",
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

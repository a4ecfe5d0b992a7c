package dev.flipbook.server.control;

import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.http.PeerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits the changes that are under way, each of which holds a body of at most 64 KiB: {@value #ALL} in all, of which
 * one address has three quarters and one feed a quarter, so that a camera that hangs does not keep others from being
 * changed. Thread-safe.
 */
final class ChangePlaces {

    static final int ALL = 64;
    static final int ONE_ADDRESS = 48;
    static final int ONE_FEED = 16;

    /** A place that is taken. Compared by identity, because one client may take several for the same feed. */
    static final class Place {

        private final PeerAddress peer;
        private final String feed;

        private Place(PeerAddress peer, String feed) {
            this.peer = peer;
            this.feed = feed;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Place> taken = new ArrayList<>(); // guarded by lock

    /**
     * Takes a place, which the caller must leave.
     *
     * @param feed the feed to be changed; empty for a change that is about no feed that exists
     * @throws HttpError with the status 503 if there is no place
     */
    Place enter(PeerAddress peer, String feed) {
        lock.lock();
        try {
            boolean full = taken.size() >= ALL
                    || taken.stream().filter(place -> place.peer.equals(peer)).count() >= ONE_ADDRESS
                    || taken.stream().filter(place -> place.feed.equals(feed)).count() >= ONE_FEED;
            if (full) {
                throw new HttpError(
                        503, "too many changes are under way; try again when one of them is done", "Retry-After", "1");
            }
            Place place = new Place(peer, feed);
            taken.add(place);
            return place;
        } finally {
            lock.unlock();
        }
    }

    /** Leaves a place. */
    void leave(Place place) {
        lock.lock();
        try {
            taken.remove(place);
        } finally {
            lock.unlock();
        }
    }
}

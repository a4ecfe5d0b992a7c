package dev.flipbook.variant;

import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.FeedViewer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The viewers of one variant, with their clients and the frame rate that they need. The callers make sure that one
 * thread at a time adds, removes or lists viewers; {@link #interval} may be asked by any thread.
 */
final class VariantAudience {

    private final Broadcast broadcast;
    private final Map<FeedViewer, String> clientOf = new HashMap<>();
    private final Map<String, Integer> clients = new HashMap<>();
    private volatile long interval;

    VariantAudience(Broadcast broadcast) {
        this.broadcast = broadcast;
    }

    /** The shortest interval that any viewer asks for, in nanoseconds; 0 for every frame. */
    long interval() {
        return interval;
    }

    /** Adds a viewer of this client, which the caller wakes afterwards. */
    void add(FeedViewer viewer, String client) {
        broadcast.add(viewer);
        clientOf.put(viewer, client);
        clients.merge(client, 1, Integer::sum);
        interval = clientOf.size() == 1 ? viewer.interval() : Math.min(interval, viewer.interval());
    }

    /** Removes a viewer; false when it was not there. */
    boolean remove(FeedViewer viewer) {
        String client = clientOf.remove(viewer);
        if (client == null) {
            return false;
        }
        clients.computeIfPresent(client, (name, count) -> count == 1 ? null : count - 1);
        if (viewer.interval() == interval) { // the other viewers may want fewer frames
            interval = shortest(interval);
        }
        return broadcast.remove(viewer);
    }

    /** The shortest interval of all viewers, which is not below this one. */
    private long shortest(long possible) {
        long shortest = Long.MAX_VALUE;
        for (FeedViewer one : clientOf.keySet()) {
            if (one.interval() == possible) { // nearly always the first, because nearly all viewers want every frame
                return possible;
            }
            shortest = Math.min(shortest, one.interval());
        }
        return shortest;
    }

    boolean isEmpty() {
        return clientOf.isEmpty();
    }

    /** Whether this client watches the variant. */
    boolean isWatchedBy(String client) {
        return clients.containsKey(client);
    }

    /** The viewers of this client, or all viewers when it is empty. */
    Stream<FeedViewer> of(Optional<String> client) {
        return clientOf.entrySet().stream()
                .filter(one -> client.isEmpty() || one.getValue().equals(client.get()))
                .map(Map.Entry::getKey);
    }
}

package dev.flipbook.delivery;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The viewers of a feed or of a variant, and the decision which thread wakes them.
 *
 * <p>A publish must cost its own thread little, however many viewers there are, and thousands of viewers should use
 * every core. So there are two ways:
 *
 * <ul>
 *   <li>Up to {@link #MAX_WOKEN_DIRECTLY} viewers that are not writing are woken on the publishing thread. Another thread would take
 *       longer to start than they take to serve.
 *   <li>More are woken by tasks of the executor, one task for each group. A group's task runs once for any number of
 *       publishes that ask for it before it runs, because each viewer takes the newest edition and not the one it was
 *       woken for.
 * </ul>
 *
 * <p>The number of groups is the number of processors. A group is filled up to {@link #FULL} viewers before the next
 * one is begun: a hundred viewers need one thread, and only thousands need all of them.
 *
 * <p>Thread-safe. Nothing here waits. A viewer that is added or removed during a wake may or may not be woken by it;
 * the feed wakes a new viewer once by itself.
 */
final class Viewers {

    /**
     * Maximum size of a group before the next one is begun. One core wakes 512 viewers in about 8 ms, at 15 µs each. A
     * second core that copies the same picture at the same time slows each copy to 17 µs, so a second group is worth it
     * only for more viewers than these.
     */
    static final int FULL = 512;

    /**
     * Up to this many ready viewers are woken on the publishing thread. That delays a publish by about 0.2 ms at most,
     * which is less than it takes another thread to start.
     */
    static final int MAX_WOKEN_DIRECTLY = 16;

    private final Group[] groups;
    private final Executor executor;

    /**
     * No viewers yet.
     *
     * @param groups number of groups, which is the maximum number of threads that wake at once
     * @param executor runs the task that wakes a group
     */
    Viewers(int groups, Executor executor) {
        this.groups = new Group[groups];
        for (int i = 0; i < groups; i++) {
            this.groups[i] = new Group();
        }
        this.executor = executor;
    }

    /** Some of the viewers, woken by one task. The group is its own task. */
    private static final class Group implements Runnable {

        private final ConcurrentHashMap<FeedViewer, Boolean> members = new ConcurrentHashMap<>();
        /** Whether the group's task has been handed to the executor and has not begun. */
        private final AtomicBoolean wakeAsked = new AtomicBoolean();

        /**
         * The members as an array, because walking an array is quicker than walking a map. Stale while {@link #changed}
         * is true.
         */
        private volatile FeedViewer[] row = {};

        private final AtomicBoolean changed = new AtomicBoolean();

        /** Wakes the members. The flag is cleared first: a publish that comes during the walk asks for another walk. */
        @Override
        public void run() {
            wakeAsked.set(false);
            for (FeedViewer viewer : row()) {
                viewer.wake();
            }
        }

        private FeedViewer[] row() {
            if (changed.getAndSet(false)) {
                row = members.keySet().toArray(new FeedViewer[0]);
            }
            return row;
        }
    }

    void add(FeedViewer viewer) {
        Group group = place();
        group.members.put(viewer, true);
        group.changed.set(true);
    }

    /** The first group with room, or the smallest when all are full. */
    private Group place() {
        Group emptiest = groups[0];
        for (Group group : groups) {
            int size = group.members.size();
            if (size < FULL) {
                return group;
            }
            if (size < emptiest.members.size()) {
                emptiest = group;
            }
        }
        return emptiest;
    }

    /** Removes a viewer; false when it was not a member. */
    boolean remove(FeedViewer viewer) {
        for (Group group : groups) {
            if (group.members.remove(viewer) != null) {
                group.changed.set(true);
                return true;
            }
        }
        return false;
    }

    boolean isEmpty() {
        for (Group group : groups) {
            if (!group.members.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    int size() {
        int size = 0;
        for (Group group : groups) {
            size += group.members.size();
        }
        return size;
    }

    void forEach(Consumer<FeedViewer> action) {
        for (Group group : groups) {
            group.members.keySet().forEach(action);
        }
    }

    /**
     * Number of viewers that are not writing now. The others take the newest edition by themselves when their writes have
     * drained.
     */
    private int ready() {
        int ready = 0;
        for (Group group : groups) {
            for (FeedViewer viewer : group.members.keySet()) {
                ready += viewer.isWriting() ? 0 : 1;
            }
        }
        return ready;
    }

    /** Wakes all viewers: on this thread if few of them are ready, else soon on the executor's threads. */
    void wake() {
        if (size() <= FULL && ready() <= MAX_WOKEN_DIRECTLY) {
            forEach(FeedViewer::wake);
            return;
        }
        for (Group group : groups) {
            if (!group.members.isEmpty() && !group.wakeAsked.getAndSet(true)) {
                executor.execute(group);
            }
        }
    }
}

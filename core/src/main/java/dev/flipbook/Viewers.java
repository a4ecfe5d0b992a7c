package dev.flipbook;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The viewers of a feed. A few are woken by whoever publishes; more are woken by tasks, in as many groups as there are
 * processors. A group is woken by one task, however many publishes ask for it before it runs; a second group is begun when the
 * first is full, so that a hundred wake one thread and thousands have every processor. Thread-safe; nothing here waits.
 */
final class Viewers {

    /**
     * A write takes some 15 µs, on two processors at once some 17 as they share what is copied: for so many, who are done within
     * 8 ms, the second one is left alone.
     */
    static final int FULL = 512;

    /** So many are served sooner than another thread would have come up, and delay a publish by some 0.2 ms at most. */
    static final int FEW = 16;

    private final Group[] groups;
    private final Executor executor;

    /** @param executor runs what wakes a group */
    Viewers(int groups, Executor executor) {
        this.groups = new Group[groups];
        for (int i = 0; i < groups; i++) {
            this.groups[i] = new Group();
        }
        this.executor = executor;
    }

    private static final class Group implements Runnable {

        private final ConcurrentHashMap<Viewer, Boolean> members = new ConcurrentHashMap<>();
        private final AtomicBoolean wakeAsked = new AtomicBoolean();

        /** The members in a row, which is sooner walked than a map; out of date where {@link #changed}. */
        private volatile Viewer[] row = {};

        private final AtomicBoolean changed = new AtomicBoolean();

        @Override
        public void run() {
            wakeAsked.set(false);
            for (Viewer viewer : row()) {
                viewer.wake();
            }
        }

        private Viewer[] row() {
            if (changed.getAndSet(false)) {
                row = members.keySet().toArray(new Viewer[0]);
            }
            return row;
        }
    }

    void add(Viewer viewer) {
        Group group = place();
        group.members.put(viewer, true);
        group.changed.set(true);
    }

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

    /** Whether it was among them. */
    boolean remove(Viewer viewer) {
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

    void forEach(Consumer<Viewer> action) {
        for (Group group : groups) {
            group.members.keySet().forEach(action);
        }
    }

    /** How many of them do not write now. The others take the newest by themselves when they have drained. */
    private int ready() {
        int ready = 0;
        for (Group group : groups) {
            for (Viewer viewer : group.members.keySet()) {
                ready += viewer.isWriting() ? 0 : 1;
            }
        }
        return ready;
    }

    /** Has all of them woken soon; at once, on this thread, if few of them are ready. */
    void wake() {
        if (size() <= FULL && ready() <= FEW) {
            forEach(Viewer::wake);
            return;
        }
        for (Group group : groups) {
            if (!group.members.isEmpty() && !group.wakeAsked.getAndSet(true)) {
                executor.execute(group);
            }
        }
    }
}

package dev.flipbook.app.bench;

import dev.flipbook.Ticker;
import dev.flipbook.app.console.ShutdownSignal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * One measurement with a number of viewers of one stream: lets them in, waits until everything runs evenly, measures,
 * and disconnects them.
 */
final class LoadRun {

    /** Time in nanoseconds after which the remaining viewers are given up if none was let in. */
    private static final long ADMISSION_TIMEOUT = 5_000_000_000L;

    private static final long CHECK_INTERVAL_MILLIS = 100;
    private static final double SECOND = 1e9;

    /**
     * Number of viewers that one thread reads easily. No more threads are used than needed, because they take CPU time
     * from the server.
     */
    private static final int VIEWERS_A_THREAD = 25;

    private final BenchTarget target;
    private final Ticker ticker;
    private final ShutdownSignal ending;
    private final Consumer<String> progress;
    private final LoadPhase phase = new LoadPhase();
    private final List<LoadViewer> viewers = new ArrayList<>();
    private final List<LoadLoop> loops = new ArrayList<>();
    private final Ages byStamp = new Ages();
    private final Ages byTimestamp = new Ages();
    private final List<Runnable> addUp = new ArrayList<>();

    LoadRun(BenchTarget target, int viewers, Ticker ticker, ShutdownSignal ending, Consumer<String> progress) {
        this.target = target;
        this.ticker = ticker;
        this.ending = ending;
        this.progress = progress;
        int threads =
                Math.clamp(viewers / VIEWERS_A_THREAD, 1, Runtime.getRuntime().availableProcessors());
        for (int i = 0; i < threads; i++) {
            loops.add(loop(viewers * (i + 1) / threads - viewers * i / threads));
        }
    }

    private LoadLoop loop(int share) {
        Ages stamps = new Ages();
        Ages timestamps = new Ages();
        List<LoadViewer> own = new ArrayList<>();
        for (int i = 0; i < share; i++) {
            own.add(new LoadViewer(target, ticker, phase, stamps, timestamps));
        }
        viewers.addAll(own);
        addUp.add(() -> {
            byStamp.addAll(stamps);
            byTimestamp.addAll(timestamps);
        });
        return new LoadLoop(own, phase);
    }

    /**
     * Runs the measurement. Called once. If the user ends the program, the result covers the time until then.
     *
     * @throws IOException with a sentence if this machine lacks the means for it
     */
    LoadStep run(int warmUp, int seconds) throws IOException, InterruptedException {
        double measured = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(loops.size())) {
            List<Future<Void>> running = new ArrayList<>();
            loops.forEach(loop -> running.add(threads.submit(loop)));
            try {
                letIn(running);
                phase.shutDoor();
                measured = phase.allLetIn() > 0 ? measure(warmUp, seconds) : 0;
            } finally {
                phase.stop();
            }
            awaitEnd(running);
        }
        addUp.forEach(Runnable::run);
        return step(measured);
    }

    private void letIn(List<Future<Void>> running) throws InterruptedException {
        int before = 0;
        long since = ticker.nanos();
        while (before < viewers.size()
                && ticker.nanos() - since < ADMISSION_TIMEOUT
                && running.stream().noneMatch(Future::isDone)) {
            progress.accept(people() + ": connecting " + phase.allLetIn() + "/" + viewers.size());
            if (ending.await(CHECK_INTERVAL_MILLIS)) {
                return;
            }
            int now = phase.allLetIn() + phase.allFailed();
            since = now == before ? since : ticker.nanos();
            before = now;
        }
    }

    /** Waits until the time is over, and returns the seconds that were measured. */
    private double measure(int warmUp, int seconds) throws InterruptedException {
        long from = ticker.nanos() + (long) (warmUp * SECOND);
        long to = from + (long) (seconds * SECOND);
        phase.measure(new LoadPhase.Window(from, to));
        for (long now = ticker.nanos(); now - to < 0; now = ticker.nanos()) {
            long past = (long) ((now - from) / SECOND);
            progress.accept(people() + ": "
                    + (now - from < 0 ? "warming up" : "measuring " + (past + 1) + "/" + seconds + " s"));
            long left = (to - now) / 1_000_000 + 1;
            if (ending.await(Math.min(CHECK_INTERVAL_MILLIS, left))) {
                long end = ticker.nanos();
                phase.measure(new LoadPhase.Window(from, Math.min(end, to)));
                return Math.max(0, Math.min(end, to) - from) / SECOND;
            }
        }
        return seconds;
    }

    private String people() {
        return viewers.size() + (viewers.size() == 1 ? " viewer" : " viewers");
    }

    private static void awaitEnd(List<Future<Void>> running) throws IOException, InterruptedException {
        for (Future<Void> one : running) {
            try {
                one.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IOException cause) {
                    throw new IOException("viewers cannot be read: " + cause.getMessage(), e);
                }
                throw new IllegalStateException(e);
            }
        }
    }

    private LoadStep step(double seconds) {
        List<LoadViewer> watched = viewers.stream().filter(LoadViewer::wasLetIn).toList();
        List<Long> frames = watched.stream().map(LoadViewer::frames).sorted().toList();
        List<String> cutOff = reasons(watched);
        List<String> failed =
                reasons(viewers.stream().filter(viewer -> !viewer.wasLetIn()).toList());
        List<String> notes = new ArrayList<>();
        note(notes, failed, "not let in");
        note(notes, cutOff, "cut off");
        if (notes.isEmpty() && frames.stream().allMatch(some -> some == 0)) {
            notes.add("no picture came");
        }
        long bytes = watched.stream().mapToLong(LoadViewer::byteCount).sum();
        AgeClock clock =
                byStamp.count() > 0 ? AgeClock.STAMP : byTimestamp.count() > 0 ? AgeClock.X_TIMESTAMP : AgeClock.NONE;
        return new LoadStep(
                viewers.size(),
                seconds,
                frames,
                cutOff.size(),
                bytes,
                clock,
                clock == AgeClock.STAMP ? byStamp : byTimestamp,
                notes);
    }

    private static List<String> reasons(List<LoadViewer> some) {
        return some.stream().filter(LoadViewer::isGone).map(LoadViewer::reason).toList();
    }

    private void note(List<String> notes, List<String> reasons, String what) {
        if (!reasons.isEmpty()) { // the first reason is enough, because they hardly ever differ
            notes.add(reasons.size() + " of " + people() + (reasons.size() == 1 ? " was " : " were ") + what
                    + ": the server " + reasons.getFirst());
        }
    }

    /**
     * Why the first refused viewer was refused, as the end of a sentence that begins with the server's name; empty if
     * none was.
     */
    String refusal() {
        return viewers.stream()
                .filter(viewer -> !viewer.wasLetIn() && viewer.isGone())
                .map(LoadViewer::reason)
                .findFirst()
                .orElse("");
    }
}

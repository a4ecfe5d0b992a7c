package dev.flipbook.app;

import java.util.List;

/**
 * What one {@link LoadRun} has measured.
 *
 * @param viewers how many were to watch
 * @param seconds how long they were measured; 0 when nobody was let in
 * @param frames of each viewer that was let in, from the fewest to the most
 * @param cutOff how many of these the server let go again
 * @param bytes that came to all of them, headers too
 * @param clock what the ages were told by
 * @param ages of every frame of every viewer
 * @param notes one sentence for each thing that did not go as it should
 */
record LoadStep(
        int viewers,
        double seconds,
        List<Long> frames,
        int cutOff,
        long bytes,
        AgeClock clock,
        Ages ages,
        List<String> notes) {

    int connected() {
        return frames.size();
    }

    double medianFps() {
        int middle = frames.size() / 2;
        return frames.isEmpty()
                ? 0
                : perSecond(
                        frames.size() % 2 == 1
                                ? frames.get(middle)
                                : (frames.get(middle - 1) + frames.get(middle)) / 2.0);
    }

    double slowestFps() {
        return frames.isEmpty() ? 0 : perSecond(frames.getFirst());
    }

    double fastestFps() {
        return frames.isEmpty() ? 0 : perSecond(frames.getLast());
    }

    double bytesPerSecond() {
        return perSecond((double) bytes);
    }

    private double perSecond(double amount) {
        return seconds > 0 ? amount / seconds : 0;
    }

    long allFrames() {
        return frames.stream().mapToLong(Long::longValue).sum();
    }

    /**
     * How many frames the viewers saw less than the fastest of them, added up. One frame less is nothing: it stands at the
     * edge of the time that was measured, and arrived a moment before or after it.
     */
    long missed() {
        return frames.stream()
                .mapToLong(some -> frames.getLast() - some)
                .filter(less -> less > 1)
                .sum();
    }
}

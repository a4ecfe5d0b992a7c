package dev.flipbook.app.bench;

import java.util.List;

/**
 * The result of one {@link LoadRun}. Immutable.
 *
 * @param viewers number of viewers that were opened
 * @param seconds how long they were measured; 0 if none was let in
 * @param frames number of frames of each viewer that was let in, in ascending order
 * @param cutOff number of these viewers that the server disconnected
 * @param bytes bytes that all of them received, including headers
 * @param clock clock that the ages were measured by
 * @param ages ages of all frames of all viewers
 * @param notes one sentence for each problem
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
     * Number of frames that the viewers missed, compared with the viewer that received most, in total. A difference of
     * one frame does not count: such a frame arrived just before or after the measured time.
     */
    long missed() {
        return frames.stream()
                .mapToLong(some -> frames.getLast() - some)
                .filter(less -> less > 1)
                .sum();
    }
}

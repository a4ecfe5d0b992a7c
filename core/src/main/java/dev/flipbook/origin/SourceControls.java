package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FrameSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The controls of a source as it told them last, and how they are set. A source that is closed keeps those of its
 * latest opening. Thread-safe.
 */
final class SourceControls {

    private final ReentrantLock lock = new ReentrantLock();
    private volatile List<Control> all = List.of();

    /** All controls; empty when the source has none, or was never open. */
    List<Control> all() {
        return all;
    }

    /** Asks the source. Asked and noted in one step, so that of two threads the later one leaves what is true. */
    void ask(FrameSource source) {
        lock.lock();
        try {
            all = source.controls();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets controls of the source: all values are checked before the first is set, and switches are set before numbers,
     * because a number such as the exposure is refused while its automatic is on.
     *
     * @throws IllegalArgumentException with a sentence when a control is unknown or does not take its value
     * @throws IllegalStateException with a sentence when the source has no controls or refuses a value
     */
    List<Control> set(FrameSource source, String description, Map<String, Integer> values) {
        if (all.isEmpty()) {
            throw new IllegalStateException(description + " has no controls, or has not been open yet");
        }
        List<Map.Entry<Control, Integer>> checked = new ArrayList<>();
        values.forEach((name, value) -> checked.add(Map.entry(checked(name, value), value)));
        checked.sort(Comparator.comparing(one -> one.getKey().kind().equals("integer")));
        try {
            for (Map.Entry<Control, Integer> one : checked) {
                source.control(one.getKey().name(), one.getValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException(SourceState.reason(e), e);
        } finally {
            ask(source);
        }
        return all;
    }

    private Control checked(String name, int value) {
        Control control = all.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no control '" + name + "'; there are "
                        + String.join(", ", all.stream().map(Control::name).toList())));
        if (!takes(control, value)) {
            throw new IllegalArgumentException(name + " is " + value + "; it " + range(control));
        }
        return control;
    }

    private static boolean takes(Control control, int value) {
        if (value < control.least() || value > control.most()) {
            return false;
        }
        long at = value - control.least();
        return control.choices().isEmpty()
                ? control.step() <= 1 || at % control.step() == 0
                : at < control.choices().size()
                        && !control.choices().get((int) at).isEmpty();
    }

    /** What a control takes, as the end of a sentence: {@code goes from -64 to 64}, {@code is one of 0 (off), 1 (on)}. */
    private static String range(Control control) {
        if (control.choices().isEmpty()) {
            return "goes from " + control.least() + " to " + control.most()
                    + (control.step() > 1 ? " in steps of " + control.step() : "");
        }
        StringJoiner choices = new StringJoiner(", ", "is one of ", "");
        for (int i = 0; i < control.choices().size(); i++) {
            if (!control.choices().get(i).isEmpty()) {
                choices.add(control.least() + i + " (" + control.choices().get(i) + ")");
            }
        }
        return choices.toString();
    }
}

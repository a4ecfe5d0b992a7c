package dev.flipbook.v4l2;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flipbook.FeedStatus;
import dev.flipbook.v4l2.V4l2.Control;
import dev.flipbook.v4l2.V4l2.QueryCtrl;
import dev.flipbook.v4l2.V4l2.QueryMenu;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The settings of a camera, such as brightness, exposure and focus, with the values they had when the driver was asked.
 * Immutable.
 */
record Controls(List<Known> all) {

    private static final System.Logger LOG = System.getLogger("dev.flipbook.v4l2");

    /** Maximum number of controls. More means that the driver never stops listing them. */
    private static final int MAX_CONTROLS = 512;

    /** Maximum number of entries of a menu. The longest menus of drivers have about thirty. */
    private static final int MAX_CHOICES = 128;

    Controls {
        all = List.copyOf(all);
    }

    /** A control and the driver's number for it. */
    record Known(int id, int type, boolean readOnly, FeedStatus.Control about) {

        /** Text for users, such as {@code brightness (-64 to 64)} or {@code power_line_frequency (0 off, 1 50 Hz)}. */
        private String text() {
            if (isButton()) {
                return about.name() + " (1 presses it)";
            }
            if (about.choices().isEmpty()) {
                String steps = about.step() > 1 ? " in steps of " + about.step() : "";
                return about.name() + " (" + about.least() + " to " + about.most() + steps + ")";
            }
            StringJoiner text = new StringJoiner(", ", about.name() + " (", ")");
            for (int i = 0; i < about.choices().size(); i++) {
                if (!about.choices().get(i).isEmpty()) {
                    text.add(about.least() + i + " " + about.choices().get(i));
                }
            }
            return text.toString();
        }

        private boolean takes(long value) {
            if (value < about.least() || value > about.most()) {
                return false;
            }
            if (!about.choices().isEmpty()) {
                int at = (int) (value - about.least());
                return at < about.choices().size() && !about.choices().get(at).isEmpty();
            }
            return about.step() <= 1 || (value - about.least()) % about.step() == 0;
        }

        private boolean isButton() {
            return type == V4l2.CTRL_TYPE_BUTTON;
        }

        private Known with(long value) {
            return new Known(
                    id,
                    type,
                    readOnly,
                    new FeedStatus.Control(
                            about.name(),
                            about.kind(),
                            about.least(),
                            about.most(),
                            about.step(),
                            about.usual(),
                            value,
                            about.choices()));
        }

        private boolean isSwitch() {
            return type != V4l2.CTRL_TYPE_INTEGER;
        }
    }

    /** Reads all controls and their values from the driver. */
    static Controls of(Device device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ask = arena.allocate(QueryCtrl.SIZE, Long.BYTES);
            List<Known> found = new ArrayList<>();
            int last = 0;
            for (int i = 0; i < MAX_CONTROLS; i++) {
                ask.fill((byte) 0);
                ask.set(JAVA_INT, QueryCtrl.ID, last | V4l2.CTRL_FLAG_NEXT_CTRL);
                int id = device.ioctl(V4l2.QUERYCTRL, ask) == 0 ? ask.get(JAVA_INT, QueryCtrl.ID) : last;
                if (Integer.compareUnsigned(id, last) <= 0) {
                    break;
                }
                last = id;
                if (isOfUse(ask)) {
                    found.add(known(device, arena, ask));
                }
            }
            return new Controls(found);
        }
    }

    /**
     * Whether a control can be used. Group titles, texts, 64-bit numbers, and controls that are no buttons and have no
     * value are left out.
     */
    private static boolean isOfUse(MemorySegment answer) {
        int type = answer.get(JAVA_INT, QueryCtrl.TYPE);
        int flags = answer.get(JAVA_INT, QueryCtrl.FLAGS);
        if (type == V4l2.CTRL_TYPE_BUTTON) {
            return (flags & V4l2.CTRL_FLAG_DISABLED) == 0; // it can only be written
        }
        boolean number = (type >= V4l2.CTRL_TYPE_INTEGER && type <= V4l2.CTRL_TYPE_MENU)
                || type == V4l2.CTRL_TYPE_BITMASK
                || type == V4l2.CTRL_TYPE_INTEGER_MENU;
        return number && (flags & (V4l2.CTRL_FLAG_DISABLED | V4l2.CTRL_FLAG_WRITE_ONLY)) == 0;
    }

    private static Known known(Device device, Arena arena, MemorySegment answer) {
        int id = answer.get(JAVA_INT, QueryCtrl.ID);
        int type = answer.get(JAVA_INT, QueryCtrl.TYPE);
        boolean readOnly = (answer.get(JAVA_INT, QueryCtrl.FLAGS) & V4l2.CTRL_FLAG_READ_ONLY) != 0;
        String name = name(V4l2.text(answer, QueryCtrl.NAME, 32));
        if (type == V4l2.CTRL_TYPE_BUTTON) { // drivers give it no range
            return new Known(id, type, readOnly, new FeedStatus.Control(name, "button", 0, 1, 1, 0, 0, List.of()));
        }
        int minimum = answer.get(JAVA_INT, QueryCtrl.MINIMUM);
        int maximum = answer.get(JAVA_INT, QueryCtrl.MAXIMUM);
        int defaultValue = answer.get(JAVA_INT, QueryCtrl.DEFAULT_VALUE);
        boolean menu = type == V4l2.CTRL_TYPE_MENU || type == V4l2.CTRL_TYPE_INTEGER_MENU;
        FeedStatus.Control about = new FeedStatus.Control(
                name,
                menu ? "menu" : type == V4l2.CTRL_TYPE_BOOLEAN ? "boolean" : "integer",
                minimum,
                maximum,
                answer.get(JAVA_INT, QueryCtrl.STEP),
                defaultValue,
                value(device, arena, id, defaultValue),
                menu ? choices(device, arena, new int[] {id, type, minimum, maximum}) : List.of());
        return new Known(id, type, readOnly, about);
    }

    private static int value(Device device, Arena arena, int id, int defaultValue) {
        MemorySegment ask = arena.allocate(Control.SIZE, Long.BYTES);
        ask.set(JAVA_INT, Control.ID, id);
        return device.ioctl(V4l2.G_CTRL, ask) == 0 ? ask.get(JAVA_INT, Control.VALUE) : defaultValue;
    }

    /** The meaning of a menu's values, from the minimum on; empty for values that the camera lacks. */
    private static List<String> choices(Device device, Arena arena, int[] menu) {
        List<String> choices = new ArrayList<>();
        MemorySegment ask = arena.allocate(QueryMenu.SIZE, Long.BYTES);
        for (long index = menu[2]; index <= menu[3] && choices.size() < MAX_CHOICES; index++) {
            ask.fill((byte) 0);
            ask.set(JAVA_INT, QueryMenu.ID, menu[0]);
            ask.set(JAVA_INT, QueryMenu.INDEX, (int) index);
            boolean there = device.ioctl(V4l2.QUERYMENU, ask) == 0;
            boolean number = menu[1] == V4l2.CTRL_TYPE_INTEGER_MENU;
            choices.add(
                    !there
                            ? ""
                            : number
                                    ? Long.toString(ask.get(JAVA_LONG, QueryMenu.VALUE))
                                    : V4l2.text(ask, QueryMenu.NAME, 32));
        }
        return choices;
    }

    /**
     * A control's name as v4l2-ctl writes it: {@code White Balance, Automatic} becomes {@code white_balance_automatic}.
     */
    static String name(String drivers) {
        return drivers.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
    }

    /**
     * Checks that the camera accepts these values.
     *
     * @throws IOException if it does not; the message lists the controls
     */
    void check(String camera, Map<String, Integer> wanted) throws IOException {
        for (Map.Entry<String, Integer> one : wanted.entrySet()) {
            Known known = find(one.getKey());
            if (known == null) {
                throw new IOException(
                        "the camera " + camera + " has no control '" + one.getKey() + "'; it has " + text());
            }
            if (known.readOnly() || !known.takes(one.getValue())) {
                throw new IOException("the camera " + camera + " does not take " + one.getKey() + "=" + one.getValue()
                        + (known.readOnly() ? ", which can only be read; it has " : "; it has ") + text());
            }
        }
    }

    private @org.jspecify.annotations.Nullable Known find(String name) {
        String wanted = name(name);
        return all.stream()
                .filter(one -> one.about().name().equals(wanted))
                .findFirst()
                .orElse(null);
    }

    /**
     * Sets these values. Switches are set first, because values such as the exposure are only accepted while the
     * automatic is off.
     */
    void set(Device device, String camera, Map<String, Integer> wanted) throws IOException {
        check(camera, wanted);
        for (boolean switches : new boolean[] {true, false}) {
            for (Map.Entry<String, Integer> one : wanted.entrySet()) {
                Known known = find(one.getKey());
                if (known != null && known.isSwitch() == switches) {
                    set(device, camera, known, one.getValue());
                }
            }
        }
    }

    private static void set(Device device, String camera, Known control, int value) throws IOException {
        if (control.isButton() && value == 0) {
            return; // not pressed
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ask = arena.allocate(Control.SIZE, Long.BYTES);
            ask.set(JAVA_INT, Control.ID, control.id());
            ask.set(JAVA_INT, Control.VALUE, value);
            int errno = device.ioctl(V4l2.S_CTRL, ask);
            if (Errno.isAbsent(errno)) {
                throw new IOException("the camera " + camera + " is unplugged");
            }
            if (errno != 0) {
                throw new IOException("the camera " + camera + " does not take "
                        + control.about().name() + "=" + value + " now: "
                        + (errno == Errno.EBUSY || errno == Errno.EACCES
                                ? "another control, such as an automatic one, holds it"
                                : Errno.words(errno)));
            }
        }
    }

    /** Sets these values as {@link #set}. What the camera does not have or does not take now is logged and left. */
    void trySet(Device device, String camera, Map<String, Integer> wanted) {
        for (boolean switches : new boolean[] {true, false}) {
            for (Map.Entry<String, Integer> one : wanted.entrySet()) {
                Known known = find(one.getKey());
                if (known == null || known.isSwitch() == switches) {
                    try {
                        set(device, camera, Map.of(one.getKey(), one.getValue()));
                    } catch (IOException e) {
                        LOG.log(Level.INFO, "a control is not as it was set before: {0}", e.getMessage());
                    }
                }
            }
        }
    }

    /** The same controls with the values that they have now. */
    Controls read(Device device) {
        try (Arena arena = Arena.ofConfined()) {
            return new Controls(all.stream()
                    .map(one -> one.isButton()
                            ? one
                            : one.with(value(
                                    device, arena, one.id(), (int) one.about().value())))
                    .toList());
        }
    }

    /** The same controls; this one has this value. */
    Controls with(String name, int value) {
        return new Controls(all.stream()
                .map(one -> one.about().name().equals(name(name)) ? one.with(value) : one)
                .toList());
    }

    /** Whether this control is a button, which keeps no value. */
    boolean isButton(String name) {
        Known known = find(name);
        return known != null && known.isButton();
    }

    /** The controls for the feed's status. */
    List<FeedStatus.Control> status() {
        return all.stream().map(Known::about).toList();
    }

    private String text() {
        StringJoiner text = new StringJoiner(", ");
        all.stream().filter(one -> !one.readOnly()).forEach(one -> text.add(one.text()));
        return text.length() == 0 ? "none" : text.toString();
    }
}

package dev.flipbook.app.bench;

import java.io.PrintStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * A line on a terminal that is overwritten. Nothing is printed if standard error is not a terminal. Not thread-safe.
 */
final class ProgressLine {

    private static final int STANDARD_ERROR = 2;

    private final PrintStream err;
    private final boolean terminal;
    private String shown = "";

    private ProgressLine(PrintStream err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    static ProgressLine onStandardError() {
        return new ProgressLine(System.err, isTerminal());
    }

    /**
     * Asks the operating system, because the JDK only tells about standard input and output, which may be redirected.
     */
    @SuppressWarnings("restricted") // isatty takes and returns a number
    private static boolean isTerminal() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> isatty = linker.defaultLookup().find("isatty");
        if (isatty.isEmpty()) {
            return false;
        }
        try {
            FunctionDescriptor number = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
            return (int) linker.downcallHandle(isatty.get(), number).invokeExact(STANDARD_ERROR) == 1;
        } catch (Throwable e) { // invokeExact declares Throwable
            return false;
        }
    }

    void show(String text) {
        if (terminal && !text.equals(shown)) {
            err.print("\r\033[K" + text);
            err.flush();
            shown = text;
        }
    }

    /** Clears the line for what is printed next. */
    void clear() {
        if (!shown.isEmpty()) {
            show("");
        }
    }
}

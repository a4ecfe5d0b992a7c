package dev.flipbook.app;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits for SIGTERM or Ctrl-C. The first asks the program to end in order, with exit code 0; the second ends it at once, for
 * people who do not want to wait. Thread-safe.
 */
final class Ending {

    /** What a shell reports for a program that a signal ended. */
    private static final int BY_SIGNAL = 128;

    private final CountDownLatch asked = new CountDownLatch(1);

    /** One that nobody asks for but by {@link #ask}. */
    Ending() {}

    static Ending onSignals() {
        Ending ending = new Ending();
        for (String name : new String[] {"TERM", "INT"}) {
            // the JDK has no other way to end with 0 on a signal, or to see a second one
            // not imported: of an import the javadoc tool warns
            sun.misc.Signal.handle(new sun.misc.Signal(name), signal -> ending.signalled(signal.getNumber()));
        }
        return ending;
    }

    private void signalled(int number) {
        if (asked.getCount() == 0) {
            Runtime.getRuntime().halt(BY_SIGNAL + number);
        }
        ask();
    }

    /** As the first signal does. */
    void ask() {
        asked.countDown();
    }

    void await() throws InterruptedException {
        asked.await();
    }

    /** Waits so many milliseconds at most; whether the end was asked for. */
    boolean await(long millis) throws InterruptedException {
        return asked.await(millis, TimeUnit.MILLISECONDS);
    }

    boolean asked() {
        return asked.getCount() == 0;
    }
}

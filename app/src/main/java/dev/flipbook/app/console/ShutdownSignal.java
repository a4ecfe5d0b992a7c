package dev.flipbook.app.console;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits for SIGTERM or Ctrl-C. The first signal asks the program to end in order, with exit code 0. The second one ends
 * the program at once, for users who do not want to wait. Thread-safe.
 */
public final class ShutdownSignal {

    /** Added to the signal's number for the exit code, as shells do. */
    private static final int BY_SIGNAL = 128;

    private final CountDownLatch requested = new CountDownLatch(1);

    /** A shutdown signal that reacts to {@link #request} only. */
    public ShutdownSignal() {}

    public static ShutdownSignal onSignals() {
        ShutdownSignal ending = new ShutdownSignal();
        for (String name : new String[] {"TERM", "INT"}) {
            // The JDK has no other way to exit with 0 after a signal, or to see a second one. Not imported, because the
            // javadoc tool would warn of the import.
            sun.misc.Signal.handle(new sun.misc.Signal(name), signal -> ending.signalled(signal.getNumber()));
        }
        return ending;
    }

    /** Runs this for each SIGHUP, which asks a program to read its configuration again. Windows has no such signal. */
    public static void onHangup(Runnable action) {
        try {
            sun.misc.Signal.handle(new sun.misc.Signal("HUP"), signal -> action.run());
        } catch (IllegalArgumentException e) {
            // this system does not have it, or it was started with nohup and keeps it
        }
    }

    private void signalled(int number) {
        if (requested.getCount() == 0) {
            Runtime.getRuntime().halt(BY_SIGNAL + number);
        }
        request();
    }

    /** Asks the program to end, as the first signal does. */
    public void request() {
        requested.countDown();
    }

    public void await() throws InterruptedException {
        requested.await();
    }

    /**
     * Waits until the end is asked for.
     *
     * @param millis maximum time to wait in milliseconds
     * @return whether the end was asked for
     */
    public boolean await(long millis) throws InterruptedException {
        return requested.await(millis, TimeUnit.MILLISECONDS);
    }

    public boolean isRequested() {
        return requested.getCount() == 0;
    }
}

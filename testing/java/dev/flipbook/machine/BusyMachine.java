package dev.flipbook.machine;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets every test wait for its conditions for as long as a busy machine may need, and continue soon after a condition
 * is true. Only a test that fails takes longer because of this. JUnit finds this class by itself, in the tests of every
 * module.
 */
public final class BusyMachine implements BeforeAllCallback {

    /** Maximum wait. Awaitility's default of 10 s was too short beside four busy loops on two processors. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * Interval between two checks of a condition, and before the first check. With Awaitility's default of 100 ms, the
     * tests of sources spent most of their time waiting for the next check of a condition that was already true.
     */
    private static final Duration LOOKS = Duration.ofMillis(10);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(PATIENCE);
        Awaitility.setDefaultPollInterval(LOOKS);
    }
}

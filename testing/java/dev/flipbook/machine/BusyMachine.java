package dev.flipbook.machine;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets every test wait for its conditions as long as a busy machine may need, and go on soon after one holds. A test that holds
 * waits no longer for that; only one that fails does. JUnit finds this class by itself, in the tests of every module.
 */
public final class BusyMachine implements BeforeAllCallback {

    /** Awaitility's own 10 s were too short where four busy loops had two processors, and the tests the rest. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * Between two looks at a condition, and before the first. With Awaitility's own 100 ms the tests of sources spent most of
     * their time between a condition that held and the look that noticed it.
     */
    private static final Duration LOOKS = Duration.ofMillis(10);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(PATIENCE);
        Awaitility.setDefaultPollInterval(LOOKS);
    }
}

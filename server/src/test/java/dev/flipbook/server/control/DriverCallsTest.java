package dev.flipbook.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of drivers that return, fail and hang. */
@Timeout(60)
class DriverCallsTest {

    private static final Duration LONG = Duration.ofSeconds(50);
    private static final Duration SHORT = Duration.ofMillis(10);

    private final DriverCalls calls = new DriverCalls();

    @Test
    void resultAndFailureComeBack() throws Exception {
        assertThat(calls.call("door", LONG, () -> "set")).isEqualTo("set");
        assertThatThrownBy(() -> calls.call("door", LONG, () -> {
                    throw new IOException("unplugged");
                }))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("unplugged");
        assertThat(calls.call("door", LONG, () -> "set again")).isEqualTo("set again");
    }

    @Test
    void driverIsCalledOnAThreadOfTheSystem() throws Exception {
        Thread thread = calls.call("door", LONG, Thread::currentThread);

        assertThat(thread.isVirtual()).isFalse();
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getName()).isEqualTo("flipbook-control-door");
    }

    @Test
    void driverThatHangsIsCalledOnceAndOthersGoOn() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        assertThatThrownBy(() -> calls.call("door", SHORT, () -> {
                    hanging.await();
                    return "late";
                }))
                .isInstanceOf(TimeoutException.class);

        assertThatThrownBy(() -> calls.call("door", SHORT, () -> "never"))
                .hasMessage("the camera has not done yet what it was asked before; try again");
        assertThat(calls.call("yard", LONG, () -> "set")).isEqualTo("set");

        hanging.countDown();
        assertThat(calls.call("door", LONG, () -> "free")).isEqualTo("free");
    }

    @Test
    void callsOfOneFeedComeOneAfterTheOther() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        CompletableFuture<String> first = CompletableFuture.supplyAsync(() -> call(() -> {
            began.countDown();
            mayEnd.await();
            return "first";
        }));
        began.await();
        CompletableFuture<Long> second = CompletableFuture.supplyAsync(() -> call(mayEnd::getCount));

        mayEnd.countDown();

        assertThat(first.get()).isEqualTo("first");
        assertThat(second.get()).as("what the second waited for").isZero();
    }

    private <T> T call(Callable<T> driver) {
        try {
            return calls.call("door", LONG, driver);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

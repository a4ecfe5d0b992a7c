package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.delivery.Pictures;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * A camera that does what the test tells it, one step for each {@code next()}, and waits when it was told nothing. It
 * counts how often it was opened and closed, and complains when it is used by two threads at once.
 */
public final class ScriptedSource implements FrameSource {

    private interface Step {
        Frame run() throws IOException, InterruptedException;
    }

    private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    private final AtomicInteger inNext = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger clashes = new AtomicInteger();
    private volatile boolean open;
    private volatile boolean deaf;
    private volatile Runnable onClose = () -> {};
    private volatile Runnable onEncoding = () -> {};
    private volatile BooleanSupplier back = () -> false;
    private volatile List<Control> controls = List.of();
    private volatile String refusal = "";
    private final List<String> set = new CopyOnWriteArrayList<>();

    public ScriptedSource frame(long number) {
        steps.add(() -> Frame.ofJpeg(Pictures.numbered(number, 100)));
        return this;
    }

    public ScriptedSource frames(long from, long to) {
        for (long number = from; number <= to; number++) {
            frame(number);
        }
        return this;
    }

    public ScriptedSource fail(String why) {
        steps.add(() -> {
            throw new IOException(why);
        });
        return this;
    }

    /** Fails several times in a row, so that the failure counts as lasting. */
    public ScriptedSource outage(String why) {
        for (int i = 0; i < Backoff.OUTAGE; i++) {
            fail(why);
        }
        return this;
    }

    public ScriptedSource fail(RuntimeException why) {
        steps.add(() -> {
            throw why;
        });
        return this;
    }

    public ScriptedSource fail(Error why) {
        steps.add(() -> {
            throw why;
        });
        return this;
    }

    @SuppressWarnings("NullAway") // what a careless driver does
    public ScriptedSource nothing() {
        steps.add(() -> null);
        return this;
    }

    /** Does this within {@code next()}, which then goes on to the next step. */
    public ScriptedSource then(Runnable what) {
        steps.add(() -> {
            what.run();
            return take();
        });
        return this;
    }

    /** From now on an interrupt does not end {@code next()}; only a close does. */
    public ScriptedSource deaf() {
        deaf = true;
        return this;
    }

    public ScriptedSource onClose(Runnable what) {
        onClose = what;
        return this;
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
        if (inNext.getAndIncrement() > 0) {
            clashes.incrementAndGet();
        }
        try {
            if (!open) {
                open = true;
                opened.incrementAndGet();
            }
            return take();
        } finally {
            inNext.decrementAndGet();
        }
    }

    private Frame take() throws IOException, InterruptedException {
        while (true) {
            try {
                return steps.take().run();
            } catch (InterruptedException e) {
                if (!deaf) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        if (open && deaf) {
            fail("closed");
        }
        open = false;
        closed.incrementAndGet();
        onClose.run();
    }

    public ScriptedSource onEncoding(Runnable what) {
        onEncoding = what;
        return this;
    }

    @Override
    public Encoding encoding() {
        onEncoding.run();
        return new Encoding("scripted", opened(), 0);
    }

    /** What it answers from now on when it is asked whether its trouble is over. */
    public ScriptedSource back(BooleanSupplier answer) {
        back = answer;
        return this;
    }

    /** Has these controls from now on. */
    public ScriptedSource controls(Control... all) {
        controls = List.of(all);
        return this;
    }

    /** Refuses to set this control. */
    public ScriptedSource refuse(String name) {
        refusal = name;
        return this;
    }

    /** What was set, in order: {@code brightness=20}. */
    public List<String> set() {
        return set;
    }

    @Override
    public List<Control> controls() {
        return controls;
    }

    @Override
    public void control(String name, int value) throws IOException {
        if (name.equals(refusal)) {
            throw new IOException("it does not take " + name + " now");
        }
        set.add(name + "=" + value);
        controls = controls.stream()
                .map(one -> one.name().equals(name)
                        ? new Control(
                                name,
                                one.kind(),
                                one.least(),
                                one.most(),
                                one.step(),
                                one.usual(),
                                value,
                                one.choices())
                        : one)
                .toList();
    }

    @Override
    public boolean isBack() {
        return back.getAsBoolean();
    }

    @Override
    public String description() {
        return "a script";
    }

    public int opened() {
        return opened.get();
    }

    public int closed() {
        return closed.get();
    }

    public boolean isOpen() {
        return open;
    }

    /** Whether a thread is within {@code next()}. */
    public boolean waits() {
        return inNext.get() > 0 && steps.isEmpty();
    }

    public int clashes() {
        return clashes.get();
    }
}

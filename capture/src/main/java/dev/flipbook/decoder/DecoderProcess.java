package dev.flipbook.decoder;

import dev.flipbook.Ticker;
import dev.flipbook.web.Quote;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one decoder process.
 *
 * <p>A thread reads what the process sends and passes it to the {@link Answers} of its feeds. Nothing that the process
 * sends is trusted. The process is ended by force if it sends a wrong byte or does not answer a ping in time; whatever
 * was open in it then fails with a {@link DecoderEndedException}, and may be opened again in another process.
 *
 * <p>Threads. Thread-safe. {@code this} guards the state and is never held while a thread writes to the process,
 * because a process that does not read would block everything. {@code writing} orders the messages; it may be held for
 * as long as the process does not read, so the thread that ticks only tries to take it.
 */
final class DecoderProcess {

    private static final Logger LOG = System.getLogger("dev.flipbook.decoder");

    /**
     * Maximum number of ticks, two a second, without an answer: 3 s. On two processors with six busy programs, a
     * healthy process may take more than a second to answer.
     */
    private static final int MAX_SILENT_TICKS = 6;

    /** Maximum number of ticks for the start: 20 s. A machine that starts many processes at once needs that. */
    private static final int START = 40;

    private final Process process;
    private final Decoders owner;
    private final DecoderKind kind;
    private final Ticker ticker;
    private final OutputStream out;
    private final ReentrantLock writing = new ReentrantLock();

    // Guarded by this.
    private final Map<Integer, Answers> feeds = new HashMap<>();
    private final Map<Path, Object> readable = new HashMap<>(); // files that it may read, with their versions
    private byte @Nullable [] rights; // the rights that the process has not been told yet
    private int last; // number of the feed that was added last
    private boolean entered; // whether its rights were decided
    private boolean ready; // whether it has dropped its rights
    private boolean alone; // whether the open feed must stay the only one
    private @Nullable String end; // why it has ended, or is being ended
    private int culprit; // number of the feed that is to blame for the end; 0 if none is known
    private int unanswered; // ticks since its last answer
    private long idleSince; // when the last feed was removed

    DecoderProcess(Process process, Decoders owner, DecoderKind kind, Ticker ticker) {
        this.process = process;
        this.owner = owner;
        this.kind = kind;
        this.ticker = ticker;
        this.out = process.getOutputStream();
        this.idleSince = ticker.nanos();
    }

    void start() {
        String name = "flipbook-decoder-" + process.pid();
        Thread.ofPlatform().daemon().name(name).start(this::read);
        Thread.ofPlatform().daemon().name(name + "-stderr").start(new DecoderLog(process.getErrorStream(), ticker));
    }

    DecoderKind kind() {
        return kind;
    }

    long pid() {
        return process.pid();
    }

    private void read() {
        try (InputStream in = process.getInputStream()) {
            for (Message head = Message.read(in); head != null; head = Message.read(in)) {
                take(head, in);
            }
        } catch (ProtocolException e) {
            end("the decoder process was ended because " + e.getMessage(), 0);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "decoder=" + pid(), e);
        } catch (OutOfMemoryError e) {
            end("there is not enough memory for what the decoder process sends", 0);
        }
        died();
    }

    private void take(Message head, InputStream in) throws IOException {
        switch (head.type()) {
            case PONG -> answered();
            case READY -> ready(new String(head.body(in), StandardCharsets.UTF_8));
            case FAILED -> {
                if (head.feed() == 0) {
                    end(Quote.of(new String(head.body(in), StandardCharsets.UTF_8)), 0);
                } else {
                    feed(head).take(head, in);
                }
            }
            default -> feed(head).take(head, in);
        }
    }

    private synchronized void answered() {
        unanswered = 0;
    }

    private void ready(String refused) throws ProtocolException {
        synchronized (this) {
            if (ready || !entered) {
                throw new ProtocolException("it reported that it is ready twice, or before it was asked");
            }
            ready = true;
            unanswered = 0;
        }
        if (!refused.isEmpty()) {
            owner.tellRefused(Quote.of(refused));
        }
    }

    private synchronized Answers feed(Message head) throws ProtocolException {
        Answers answers = feeds.get(head.feed());
        if (answers == null) {
            throw new ProtocolException("a message of type " + head.type() + " came for a source that is not open");
        }
        return answers;
    }

    /**
     * Adds a feed or picture.
     *
     * @param alone whether nothing else may be added
     * @return the receiver of the answers, and of the end of the process
     */
    synchronized Answers add(boolean alone) {
        this.alone |= alone;
        Answers answers = new Answers(++last);
        feeds.put(answers.id(), answers);
        if (end != null) {
            answers.died(end, false);
        }
        return answers;
    }

    synchronized void remove(Answers answers) {
        feeds.remove(answers.id());
        if (feeds.isEmpty()) {
            alone = false;
            idleSince = ticker.nanos();
        }
    }

    synchronized int feeds() {
        return feeds.size();
    }

    /**
     * Whether another feed or picture may be added.
     *
     * @param wantsToBeAlone whether it must be the only one
     * @param file file that it reads; null if it reads none
     */
    synchronized boolean takes(boolean wantsToBeAlone, @Nullable Path file, Object version) {
        return end == null
                && process.isAlive()
                && (feeds.isEmpty() || !(alone || wantsToBeAlone))
                && (!entered || file == null || version.equals(readable.get(file)));
    }

    /**
     * Decides which files the process may read after it has dropped its rights. Has an effect only once; {@link #enter}
     * must follow.
     */
    synchronized void mayRead(List<Path> always, Map<Path, Object> files) {
        if (entered) {
            return;
        }
        entered = true;
        readable.putAll(files);
        List<String> paths = new ArrayList<>(always.stream().map(Path::toString).toList());
        files.keySet().forEach(file -> paths.add(file.toString()));
        rights = String.join(Message.SEPARATOR, paths).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Makes the process drop its rights, unless it was told so before. May wait for a process that does not read yet.
     */
    void enter() {
        writing.lock(); // other threads must send their messages after this one
        try {
            byte[] body;
            synchronized (this) {
                body = rights;
                rights = null;
            }
            if (body != null) {
                send(Message.of(Message.Type.ENTER, 0, body.length), body);
            }
        } finally {
            writing.unlock();
        }
    }

    /** What distinguishes a file from another one of the same name. */
    static Object version(Path file) {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? file : key; // Windows has no file key, and no rights are dropped there
        } catch (IOException e) {
            return file;
        }
    }

    /**
     * Sends a message. A failure is only logged, because the thread that reads the process notices that it has ended,
     * and reports why. A process that does not read has room in its pipe for everything that feeds send, which is one
     * short message at a time. Only the sender of a picture may wait, and that one has the process to itself.
     */
    void send(Message head, byte[] body) {
        writing.lock();
        try {
            out.write(head.with(body));
            out.flush();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "decoder=" + pid(), e);
        } finally {
            writing.unlock();
        }
    }

    /**
     * Checks the process, twice a second. Ticks are counted instead of time, because the clock goes on while a machine
     * sleeps.
     *
     * @param idle nanoseconds after which a process without feeds is ended
     */
    void tick(long idle) {
        String late = null;
        synchronized (this) {
            unanswered++;
            if (unanswered > (ready || !entered ? MAX_SILENT_TICKS : START)) {
                late = ready
                        ? "the decoder process did not answer for 3 s"
                        : "the decoder process did not start within 20 s";
            } else if (feeds.isEmpty() && ticker.nanos() - idleSince > idle) {
                late = "it has nothing to do";
            }
            if (!entered) {
                unanswered = 0;
            }
        }
        if (late != null) {
            end(late, 0);
        } else if (writing.tryLock()) { // another thread may be writing, and may wait for the process for long
            try {
                send(Message.of(Message.Type.PING, 0, 0), new byte[0]);
            } finally {
                writing.unlock();
            }
        }
    }

    /**
     * Ends the process by force.
     *
     * @param feed number of the feed that is to blame; 0 if none is known
     */
    void end(String why, int feed) {
        synchronized (this) {
            if (end == null) {
                end = why;
                culprit = feed;
            }
        }
        process.destroyForcibly();
    }

    private void died() {
        process.destroyForcibly();
        Map<Integer, Answers> open;
        String why;
        boolean started;
        synchronized (this) {
            started = ready;
            why = end != null ? end : started ? "the decoder process ended" : "the decoder process did not start";
            end = why;
            open = Map.copyOf(feeds);
        }
        LOG.log(
                open.isEmpty() ? Level.DEBUG : Level.WARNING,
                "decoder={0} kind={1} feeds={2}: {3}",
                Long.toString(pid()),
                kind,
                open.size(),
                why);
        open.forEach((id, answers) -> answers.died(why, started && isBlamed(id, open.size())));
        owner.died(this, !open.isEmpty());
    }

    private synchronized boolean isBlamed(int feed, int open) {
        return culprit == 0 ? open == 1 : culprit == feed;
    }
}

package dev.flipbook.confinement;

import dev.flipbook.FrameSource;
import dev.flipbook.ffmpeg.Ffmpeg;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/**
 * A program that confines itself as a decoder process does. It tries what must be forbidden and what must be allowed,
 * prints a line with the result of each, and ends when its standard input ends.
 */
public final class ConfinedProbe {

    private static final long HERE = -100; // AT_FDCWD
    private static final long INTERNET = 2; // AF_INET
    private static final long TCP = 1;
    private static final long UDP = 2;

    private final Kernel kernel;
    private final Path folder;
    private final int parent;

    private ConfinedProbe(Kernel kernel, Path folder, int parent) {
        this.kernel = kernel;
        this.folder = folder;
        this.parent = parent;
    }

    /** The kind, the folder that may be read, the parent's process id, and a port that a test listens on; 0 to do nothing but stay. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        int parent = Integer.parseInt(arguments[2]);
        int port = Integer.parseInt(arguments[3]);
        Ffmpeg.load();
        try (JpegEncoder encoder = JpegEncoder.best()) {
            new Canvas(16, 16, 0).encode(encoder, 80);
        }
        ExecutorService older =
                Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
        older.submit(() -> say("older", "started")).get();
        List<String> refused = Confinement.enter(Confinement.Kind.valueOf(arguments[0]), List.of(folder), parent);
        refused.forEach(sentence -> say("refused", sentence));
        if (port == 0) {
            say("stays", ProcessHandle.current().pid());
            new CountDownLatch(1).await();
        }
        try (Kernel kernel = new Kernel(Machine.current().orElseThrow())) {
            ConfinedProbe probe = new ConfinedProbe(kernel, folder, parent);
            probe.files();
            probe.processes();
            probe.rights();
            probe.network(port);
            probe.work();
        }
        older.submit(() -> attempt("older mkdir", () -> Files.createDirectory(folder.resolve("older"))))
                .get();
        say("done", "yes");
        while (System.in.read() >= 0) {
            // the test looks at this process from outside
        }
        Runtime.getRuntime().halt(0);
    }

    private void files() {
        attempt(
                "read /etc/passwd",
                () -> Files.size(Path.of("/etc/passwd")) + Files.readString(Path.of("/etc/passwd")));
        attempt("list /", () -> {
            try (var list = Files.list(Path.of("/"))) {
                return list.count();
            }
        });
        attempt("write", () -> Files.writeString(folder.resolve("new"), "text"));
        attempt("write over", () -> Files.writeString(folder.resolve("note"), "text"));
        attempt("mkdir", () -> Files.createDirectory(folder.resolve("sub")));
        attempt("unlink", () -> {
            Files.delete(folder.resolve("note"));
            return "deleted";
        });
        attempt("rename", () -> Files.move(folder.resolve("note"), folder.resolve("moved")));
        attempt("symlink", () -> Files.createSymbolicLink(folder.resolve("link"), folder));
        attempt("chmod", () -> folder.resolve("note").toFile().setWritable(true) ? "done" : fail());
        call("openat2", 437, 437, HERE, kernel.memory("/etc/passwd"), kernel.memory(0, 0, 0), 24);
        call("mknodat", 259, 33, HERE, kernel.memory(folder + "/pipe"), 0x11FF, 0);
        call("memfd_create", 319, 279, kernel.memory("memory"), 0);
        call("inotify_add_watch", 254, 27, 0, kernel.memory("/etc"), 2);
    }

    private static String fail() {
        throw new IllegalStateException("no");
    }

    private void processes() {
        attempt("exec", () -> new ProcessBuilder("/bin/true").start().pid());
        call("execve", 59, 221, kernel.memory("/bin/true"), kernel.memory(0), kernel.memory(0));
        call("fork", 56, 220, 17, 0, 0, 0, 0); // clone with SIGCHLD and without CLONE_THREAD
        call("clone3", 435, 435, kernel.memory(new long[11]), 88);
        call("kill", 62, 129, parent, 0);
        call("tgkill", 234, 131, parent, parent, 0);
        call("pidfd_open", 434, 434, parent, 0);
        call("ptrace", 101, 117, 16, parent, 0, 0); // PTRACE_ATTACH
        call("process_vm_readv", 310, 270, parent, 0, 0, 0, 0, 0);
        call("shmget", 29, 194, 0, 4096, 0x3FF);
    }

    private void rights() {
        call("prctl", 157, 167, 1, 0); // PR_SET_PDEATHSIG
        call("prlimit64", 302, 261, 0, 7, kernel.memory(10, 10), 0);
        call("unshare", 272, 97, 0x1000_0000); // CLONE_NEWUSER
        call("setns", 308, 268, 0, 0);
        call("mount", 165, 40, 0, kernel.memory("/"), 0, 0x5000, 0);
        call("setuid", 105, 146, 65534);
        call("bpf", 321, 280, 0, 0, 0);
        call("perf_event_open", 298, 241, 0, 0, -1, -1, 0);
        call("keyctl", 250, 219, 0, -3, 0);
        call("io_uring_setup", 425, 425, 8, kernel.memory(new long[15]));
        call("userfaultfd", 323, 282, 1);
        call("tiocsti", 16, 29, 0, 0x5412, kernel.memory(65));
    }

    private void network(int port) {
        call("socket unix", 41, 198, 1, TCP, 0);
        call("socket raw", 41, 198, INTERNET, 3, 1);
        call("socket netlink", 41, 198, 16, 3, 0);
        long udp = call("socket udp", 41, 198, INTERNET, UDP, 0);
        long tcp = call("socket tcp", 41, 198, INTERNET, TCP, 0);
        long anywhere = kernel.memory(INTERNET, 0); // struct sockaddr_in: any address, any port
        call("bind udp", 49, 200, udp, anywhere, 16);
        call("bind tcp", 49, 200, tcp, anywhere, 16);
        call("listen", 50, 201, tcp, 1);
        call("connect to a closed socket", 42, 203, 1000, anywhere, 16);
        attempt("connect", () -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.getInputStream().read();
            }
        });
    }

    private void work() {
        attempt("read", () -> Files.readString(folder.resolve("note")));
        attempt("thread", () -> {
            FutureTask<String> task = new FutureTask<>(() -> "ran");
            Thread.ofPlatform().start(task);
            return task.get();
        });
        attempt("virtual thread", () -> {
            FutureTask<String> task = new FutureTask<>(() -> "ran");
            Thread.ofVirtual().start(task);
            return task.get();
        });
        attempt("allocate", () -> new byte[16 << 20].length);
        attempt("collect", () -> {
            System.gc();
            return "collected";
        });
        attempt("too much memory", () -> {
            try (Arena arena = Arena.ofConfined()) {
                return arena.allocate(900L << 20).byteSize();
            }
        });
        attempt("decode", () -> {
            try (FrameSource source =
                    FrameSource.open(folder.resolve("clip.mp4").toString())) {
                for (int i = 0; i < 3; i++) {
                    source.next();
                }
                return source.next().size() > 1000 ? "pictures" : "nothing";
            }
        });
    }

    private long call(String name, int x86, int aarch64, long... arguments) {
        long result = kernel.call(new Call(name, x86, aarch64), arguments);
        say(name, result);
        return result;
    }

    private interface Attempt {
        Object run() throws Exception;
    }

    private static void attempt(String name, Attempt attempt) {
        try {
            say(name, "did: " + attempt.run());
        } catch (Exception | OutOfMemoryError e) {
            say(name, "failed: " + e);
        }
    }

    private static void say(String name, Object result) {
        System.out.println(name + " = " + result.toString().replace('\n', ' '));
    }
}

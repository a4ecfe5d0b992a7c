package dev.flipbook.machine;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A free port for programs that need a port number as an argument. Other programs choose port 0, and ask which port
 * they got.
 */
public final class FreePort {

    /**
     * Maximum port. Linux gives connections ports from 32768 on, so one of those may be taken before the program
     * listens.
     */
    private static final int LAST = 32_767;

    private static final int FIRST = 20_000;

    private FreePort() {}

    /** A port on which nobody listens. */
    public static int find() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException e) {
                // it is taken; another one
            }
        }
    }
}

package dev.flipbook.it.fuzz;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Videos that the program opens itself, each as a feed: as files, or from peers over TCP. A program is started for each hundred. */
final class FuzzOpened extends FuzzTarget {

    private static final int BATCH = 100;

    private final Path folder;
    private final String ending;
    private final boolean overTcp;

    FuzzOpened(
            List<byte[]> seeds,
            Random random,
            FuzzCounts counts,
            long deadline,
            Path folder,
            String ending,
            boolean overTcp) {
        super(seeds, random, counts, deadline);
        this.folder = folder;
        this.ending = ending;
        this.overTcp = overTcp;
    }

    @Override
    void run() throws IOException, InterruptedException {
        FuzzMutation mutation = mutation();
        while (!isOver()) {
            List<byte[]> inputs = new ArrayList<>();
            List<ServerSocket> peers = new ArrayList<>();
            List<String> feeds = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                inputs.add(mutation.of(seeds));
                if (overTcp) {
                    peers.add(peer(inputs.get(i)));
                    feeds.add("f" + i + "=tcp://127.0.0.1:" + peers.get(i).getLocalPort());
                } else {
                    feeds.add("f" + i + "=" + Files.write(file(i), seeds.get(0)));
                }
            }
            try (FuzzedProgram program = new FuzzedProgram(feeds)) {
                for (int i = 0; i < BATCH && !overTcp; i++) {
                    Files.write(file(i), inputs.get(i)); // the program has looked at the beginning of the seed
                }
                batch(program, inputs);
            } finally {
                for (ServerSocket peer : peers) {
                    peer.close();
                }
            }
        }
    }

    private Path file(int number) {
        return folder.resolve("f" + number + "." + ending);
    }

    private void batch(FuzzedProgram program, List<byte[]> inputs) throws IOException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        onThreads(THREADS, () -> {
            for (int i = next.getAndIncrement();
                    i < BATCH && program.isAlive() && !isOver();
                    i = next.getAndIncrement()) {
                try {
                    HttpResponse<byte[]> answer = program.snapshot("f" + i);
                    count(answer.statusCode(), answer.body(), inputs.get(i));
                } catch (IOException e) {
                    countLost(program, inputs.get(i), e);
                }
            }
            return null;
        });
        if (!program.isAlive()) {
            counts.serverDeaths.incrementAndGet();
        }
        counts.add(program);
    }

    /** A peer that sends this input to each client that connects, and closes the connection. */
    private static ServerSocket peer(byte[] input) throws IOException {
        ServerSocket peer = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!peer.isClosed()) {
                try (Socket viewer = peer.accept();
                        OutputStream out = viewer.getOutputStream()) {
                    out.write(input);
                } catch (IOException e) {
                    // it has gone, or the batch is over
                }
            }
        });
        return peer;
    }
}

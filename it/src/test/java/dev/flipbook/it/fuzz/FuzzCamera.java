package dev.flipbook.it.fuzz;

import dev.flipbook.machine.RtpRecording;
import dev.flipbook.machine.RtspCamera;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** An RTSP camera that sends a thousand packets a second, of which every second one is changed. */
final class FuzzCamera extends FuzzTarget {

    private static final long INTERVAL = 1_000_000;
    private static final int HEADER = 12;
    private static final Duration LOOK = Duration.ofMillis(200);

    /** Maximum number of packets that are saved, the last ones, each after its length in two bytes. */
    private static final int KEPT = 500;

    private final RtpRecording recording;
    private final FuzzMutation mutation;
    private final Deque<byte[]> last = new ArrayDeque<>(); // guarded by this
    private int sent; // guarded by this

    FuzzCamera(RtpRecording recording, Random random, FuzzCounts counts, long deadline) {
        super(recording.packets(), random, counts, deadline);
        this.recording = recording;
        this.mutation = mutation();
    }

    @Override
    void run() throws IOException, InterruptedException {
        while (!isOver()) {
            try (RtspCamera camera = new RtspCamera(recording.sdp(), this::next);
                    FuzzedProgram program = new FuzzedProgram(List.of("camera=" + camera.url()))) {
                program.watch("camera");
                watch(program);
                counts.refused.addAndGet(count(camera, "DESCRIBE") - count(camera, "PLAY"));
                counts.shown.addAndGet(count(camera, "PLAY"));
                counts.add(program);
            }
        }
    }

    private static long count(RtspCamera camera, String method) {
        return camera.asked().stream().filter(method::equals).count();
    }

    private void watch(FuzzedProgram program) throws InterruptedException {
        long deaths = 0;
        while (!isOver() && !program.diesWithin(LOOK)) {
            try {
                boolean died = program.status().matches("(?s).*\"reason\":\"[^\"]*decoder[^\"]*end.*");
                if (died && deaths++ == 0) {
                    counts.decoderDeaths.incrementAndGet();
                    counts.save("decoder", packets());
                } else if (!died) {
                    deaths = 0;
                }
            } catch (IOException e) {
                if (!program.diesWithin(MOMENT)) {
                    counts.hung.incrementAndGet();
                }
            }
        }
        if (!program.isAlive()) {
            counts.serverDeaths.incrementAndGet();
            counts.save("server", packets());
        }
    }

    /**
     * The next packet for the viewer. Its number and time continue those of the packet before; everything else may be
     * changed.
     */
    private synchronized byte[] next() {
        LockSupport.parkNanos(INTERVAL);
        int count = recording.packets().size();
        byte[] packet = recording.packets().get(sent % count).clone();
        long time = (ByteBuffer.wrap(packet).getInt(4) & 0xFFFFFFFFL) + 90_000L * (sent / count);
        if (sent >= count && sent % 2 == 0) { // the packets of the first second are unchanged, so that decoding begins
            packet = changed(packet);
            counts.inputs.incrementAndGet();
        }
        if (packet.length >= HEADER) {
            ByteBuffer.wrap(packet).putShort(2, (short) sent).putInt(4, (int) time);
        }
        sent++;
        last.add(packet);
        if (last.size() > KEPT) {
            last.remove();
        }
        return packet;
    }

    /** The packet with a changed payload; in one packet of ten, the header is changed too. */
    private byte[] changed(byte[] packet) {
        if (sent % 20 == 0 || packet.length <= HEADER) {
            byte[] all = mutation.of(List.of(packet));
            return all.length == 0 ? packet : all;
        }
        byte[] payload = new byte[packet.length - HEADER];
        System.arraycopy(packet, HEADER, payload, 0, payload.length);
        byte[] changed = mutation.of(List.of(payload));
        return ByteBuffer.allocate(HEADER + Math.min(changed.length, 60_000))
                .put(packet, 0, HEADER)
                .put(changed, 0, Math.min(changed.length, 60_000))
                .array();
    }

    private synchronized byte[] packets() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] packet : last) {
            all.write(packet.length >> 8);
            all.write(packet.length);
            all.writeBytes(packet);
        }
        return all.toByteArray();
    }
}

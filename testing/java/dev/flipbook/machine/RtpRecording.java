package dev.flipbook.machine;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Some moving pictures as RTP, as the {@code ffmpeg} program sends them.
 *
 * @param sdp the description of the stream, for a server to announce
 * @param packets in the order in which they were sent
 */
public record RtpRecording(String sdp, List<byte[]> packets) {

    /**
     * Records one second.
     *
     * @param options of ffmpeg for its output, such as the codec
     */
    public static RtpRecording of(Path folder, String... options) throws IOException, InterruptedException {
        try (DatagramSocket to = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            to.setReceiveBufferSize(4 << 20);
            to.setSoTimeout(200);
            Path sdp = Files.createTempFile(folder, "stream", ".sdp");
            List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error", "-y", "-re", "-f"));
            command.addAll(List.of("lavfi", "-i", "testsrc2=s=160x120:r=25", "-t", "1"));
            command.addAll(List.of(options));
            command.addAll(List.of("-sdp_file", sdp.toString(), "-f", "rtp"));
            command.add("rtp://127.0.0.1:" + to.getLocalPort() + "?pkt_size=1200");
            Path errors = Files.createTempFile(folder, "rtp", ".log");
            Process sender = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(errors.toFile())
                    .start();
            List<byte[]> packets = received(to, sender);
            if (packets.isEmpty()) {
                throw new IOException("ffmpeg sent nothing: " + Files.readString(errors));
            }
            return new RtpRecording(Files.readString(sdp).replaceAll("(?m)^SDP:\\s*", ""), packets);
        }
    }

    private static List<byte[]> received(DatagramSocket to, Process sender) throws IOException {
        List<byte[]> packets = new ArrayList<>();
        DatagramPacket packet = new DatagramPacket(new byte[1 << 16], 1 << 16);
        while (true) {
            try {
                to.receive(packet);
                packets.add(Arrays.copyOf(packet.getData(), packet.getLength()));
            } catch (SocketTimeoutException e) {
                if (!sender.isAlive()) {
                    return packets;
                }
            }
        }
    }
}

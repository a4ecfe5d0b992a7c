package dev.flipbook.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.ffmpeg.PictureEncoder;
import dev.flipbook.machine.RtpRecording;
import dev.flipbook.machine.RtspCamera;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each codec that is taken from a network is sent here, and some that are not. */
@Timeout(180)
class CodecsTest {

    @TempDir
    Path folder;

    private static LiveVideo live(String address) throws IOException {
        LiveAddress origin = LiveAddress.of(address).orElseThrow();
        return new LiveVideo(origin, origin.shown(), SourceOptions.DEFAULT, Ticker.system(), PictureEncoder.Kind::best);
    }

    /** A peer that sends this file on each connection, and leaves the connection open. */
    private static ServerSocket peer(byte[] file) throws IOException {
        ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try (Socket viewer = peer.accept();
                    OutputStream out = viewer.getOutputStream()) {
                out.write(file);
                int _ = viewer.getInputStream().read(); // until the viewer goes
            } catch (IOException e) {
                // it has gone
            }
        });
        return peer;
    }

    private byte[] clip(String format, String options) throws IOException {
        Path file = folder.resolve("clip." + format);
        List<String> command = new ArrayList<>(List.of("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25", "-t", "2"));
        command.addAll(List.of(options.split(" ")));
        command.addAll(List.of("-f", format, file.toString()));
        Clips.run(command);
        return Files.readAllBytes(file);
    }

    @ParameterizedTest
    @CsvSource({
        "matroska, -c:v libx264 -preset ultrafast",
        "matroska, -c:v libx265 -preset ultrafast -x265-params log-level=none",
        "matroska, -c:v mjpeg -pix_fmt yuvj420p",
        "matroska, -c:v mpeg4",
        "mpegts, -c:v mpeg2video",
        "mpegts, -c:v mpeg1video",
        "matroska, -c:v libvpx -deadline realtime",
        "matroska, -c:v libvpx-vp9 -deadline realtime",
        "matroska, -c:v libaom-av1 -cpu-used 8 -usage realtime",
        "matroska, -c:v rawvideo -pix_fmt yuv420p -allow_raw_vfw 1"
    })
    void everyAcceptedCodecIsShown(String format, String options) throws Exception {
        try (ServerSocket peer = peer(clip(format, options));
                LiveVideo video = live("tcp://127.0.0.1:" + peer.getLocalPort())) {
            Frame frame = video.next();

            assertThat(frame.width()).isEqualTo(160);
            assertThat(frame.height()).isEqualTo(120);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "matroska, -c:v ffv1, ffv1",
        "matroska, -c:v libtheora, theora",
        "flv, -c:v flv, flv1",
        "matroska, -c:v huffyuv -allow_raw_vfw 1, huffyuv"
    })
    void otherCodecsAreRefusedByName(String format, String options, String codec) throws Exception {
        try (ServerSocket peer = peer(clip(format, options));
                LiveVideo video = live("tcp://127.0.0.1:" + peer.getLocalPort())) {
            assertThatThrownBy(video::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage("127.0.0.1 sends " + codec + ", which is not taken from a network; let it send one of"
                            + " these: H.264, H.265, Motion JPEG, MPEG-4, MPEG-2, VP8, VP9, AV1, plain pixels");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-c:v libx264 -preset ultrafast -tune zerolatency -g 5",
                "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=5:repeat-headers=1",
                "-c:v mjpeg -pix_fmt yuvj420p -huffman default",
                "-c:v mpeg4 -g 5",
                "-c:v mpeg2video -g 5",
                "-c:v libvpx -deadline realtime -g 5",
                "-c:v libvpx-vp9 -deadline realtime -g 5 -strict experimental"
            })
    void everyCodecThatIsAcceptedOverRtpIsShown(String options) throws Exception {
        RtpRecording recording = RtpRecording.of(folder, options.split(" "));
        Iterator<byte[]> packets = recording.packets().iterator();
        try (RtspCamera camera =
                        new RtspCamera(recording.sdp(), () -> packets.hasNext() ? packets.next() : new byte[0]);
                LiveVideo video = live(camera.url())) {
            assertThat(video.next().width()).isEqualTo(160);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AV1/90000, AV1",
        "H263-1998/90000, h263",
        "theora/90000, theora",
        "unheard-of/90000, video of a kind that is not known here"
    })
    void otherCodecsOverRtpAreRefusedBeforeThePlayRequest(String announced, String name) throws Exception {
        String sdp = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=door\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 "
                + announced + "\r\n";
        try (RtspCamera camera = new RtspCamera(sdp, () -> new byte[0]);
                LiveVideo video = live(camera.url())) {
            assertThatThrownBy(video::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage("127.0.0.1 sends " + name + " in RTP, which is not taken from a network; let it send"
                            + " one of these: H.264, H.265, Motion JPEG, MPEG-4, MPEG-2, VP8, VP9");
            await().until(() -> camera.asked().contains("TEARDOWN"));
            assertThat(camera.asked()).contains("DESCRIBE").doesNotContain("PLAY");
        }
    }

    @Test
    void oneRefusedTrackRefusesTheWholeStream() throws Exception {
        String sdp = """
                v=0
                o=- 0 0 IN IP4 127.0.0.1
                s=door
                t=0 0
                m=video 0 RTP/AVP 96
                a=rtpmap:96 H264/90000
                m=video 0 RTP/AVP 97
                a=rtpmap:97 AV1/90000
                """;
        try (RtspCamera camera = new RtspCamera(sdp, () -> new byte[0]);
                LiveVideo video = live(camera.url())) {
            assertThatThrownBy(video::next).hasMessageStartingWith("127.0.0.1 sends AV1 in RTP");
            assertThat(camera.asked()).doesNotContain("PLAY");
        }
    }
}

package dev.flipbook.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.SourceOptions;
import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.ffmpeg.FakeTicker;
import dev.flipbook.ffmpeg.PictureEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that cannot be shown: a sentence each, and no other file is opened for them. */
@Timeout(180)
class BadFilesTest {

    @TempDir
    Path folder;

    private void fails(Path path, String sentence) {
        VideoFile file = new VideoFile(path, SourceOptions.DEFAULT, new FakeTicker(), PictureEncoder.Kind::best);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(file::next).isInstanceOf(IOException.class).hasMessageContaining(sentence);
        }
        file.close();
    }

    private Path text(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void textIsNotAVideo() throws Exception {
        fails(text("notes.txt", "Dear diary, no video today.\n".repeat(200)), "notes.txt is not a video");
        fails(text("notes.mp4", "Dear diary, no video today.\n".repeat(200)), "notes.mp4 is not a video");
    }

    @Test
    void noiseIsNotAVideo() throws Exception {
        byte[] noise = new byte[100_000];
        new java.util.Random(5).nextBytes(noise);
        VideoFile file = new VideoFile(
                Files.write(folder.resolve("noise.mkv"), noise),
                SourceOptions.DEFAULT,
                new FakeTicker(),
                PictureEncoder.Kind::best);
        assertThatThrownBy(file::next).isInstanceOf(IOException.class).hasMessageContaining("noise.mkv");
    }

    @Test
    void emptyFileAndFolderAreNotVideos() throws Exception {
        fails(text("empty.mp4", ""), "empty.mp4 is not a video");
        fails(folder, "is not a video");
        fails(folder.resolve("gone.mp4"), "gone.mp4 cannot be read: it is not there");
    }

    @Test
    void audioFileHasNoVideoTrack() {
        Path sound = new Clips(folder).made("sound.m4a", List.of("-f", "lavfi", "-i", "sine"), 1);
        fails(sound, "sound.m4a has no video track");
    }

    @Test
    void playlistsAreRefused() throws Exception {
        Path clip = new Clips(folder).make("clip.ts", "25", 0.4, "-pix_fmt", "yuv420p");
        Path hls = text("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.4,\n" + clip + "\n#EXT-X-ENDLIST\n");
        Path named = text("list.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.4,\n" + clip + "\n#EXT-X-ENDLIST\n");
        Path concat = text("list.ffconcat", "ffconcat version 1.0\nfile 'clip.ts'\n");
        Path sdp = text(
                "list.sdp",
                "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n");
        Path dash = text(
                "list.mpd",
                "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" profiles=\"urn:mpeg:dash:profile:isoff-live:2011\" type=\"static\"></MPD>\n");
        for (Path list : List.of(hls, named, concat, sdp, dash)) {
            fails(list, list.getFileName() + " is not a video");
        }
    }

    @Test
    void fileWithoutACompletePictureIsReported() throws Exception {
        Path clip = new Clips(folder).make("whole.mp4", "25", 0.4, "-pix_fmt", "yuv420p", "-movflags", "+faststart");
        byte[] bytes = Files.readAllBytes(clip);
        int data = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("mdat") + 4;
        Arrays.fill(bytes, data, bytes.length, (byte) 0);
        fails(Files.write(folder.resolve("zeros.mp4"), bytes), "no picture of zeros.mp4 can be decoded");
        fails(
                Files.write(folder.resolve("head.mp4"), Arrays.copyOf(bytes, data)),
                "no picture of head.mp4 can be decoded");
        fails(Files.write(folder.resolve("stub.mp4"), Arrays.copyOf(bytes, 40)), "stub.mp4");
    }

    @Test
    void tooLargePicturesAreRefusedBeforeDecoding() throws Exception {
        // A PNG that claims 30000 x 30000 pixels, one of the kinds that FFmpeg reads as a video of one picture.
        byte[] header = java.util.HexFormat.of()
                .parseHex(
                        "89504e470d0a1a0a" + "0000000d49484452" + "00007530" + "00007530" + "0802000000" + "00000000");
        VideoFile file = new VideoFile(
                Files.write(folder.resolve("bomb.png"), Arrays.copyOf(header, 4096)),
                SourceOptions.DEFAULT,
                new FakeTicker(),
                PictureEncoder.Kind::best);
        assertThatThrownBy(file::next).isInstanceOf(IOException.class).hasMessageContaining("bomb.png");
    }

    @Test
    void badFilesLeakNoDescriptors() throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.exists(descriptors)) {
            Clips.skip("there is no /proc here to count descriptors in");
        }
        Path list = text("list.ffconcat", "ffconcat version 1.0\nfile 'clip.ts'\n");
        fails(list, "is not a video");
        long before;
        try (var all = Files.list(descriptors)) {
            before = all.count();
        }
        for (int i = 0; i < 20; i++) {
            fails(list, "is not a video");
        }
        await().untilAsserted(
                        () -> { // the JVM itself may have one open for a moment
                            try (var all = Files.list(descriptors)) {
                                assertThat(all.count()).isLessThanOrEqualTo(before);
                            }
                        });
    }
}

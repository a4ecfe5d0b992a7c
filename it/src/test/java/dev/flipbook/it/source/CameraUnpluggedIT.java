package dev.flipbook.it.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.VirtualCameras;
import dev.flipbook.it.kit.Witness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A camera's plug is pulled while twenty watch, and put in again: they stay, see the reason, and see the camera live
 * again.
 */
@Timeout(300)
class CameraUnpluggedIT {

    private static final int VIEWERS = 20;
    private static final String[] WEBCAM = {"name HD Webcam", "bus usb-1", "format MJPG 64x48 30"};

    @TempDir
    private Path folder;

    @Test
    void twentyViewersStayLearnWhyAndSeeItLiveAgain() throws Exception {
        Path library = VirtualCameras.compiled(folder, "viewers stay when a camera is unplugged");
        VirtualCameras cameras = new VirtualCameras(library, folder.resolve("cameras"));
        cameras.give(List.of(NumberedPicture.of(1)));
        cameras.plug(0, WEBCAM);
        List<Witness> viewers = new ArrayList<>();
        try (Program program = Program.start(cameras.environment(), "webcam", "-p", "0")) {
            int port = program.port();
            for (int i = 0; i < VIEWERS; i++) {
                viewers.add(Witness.of(port, i % 2 == 0 ? "/video_feed" : "/video_feed?framing=browser"));
            }
            viewers.forEach(viewer -> viewer.awaits(1));
            try (RawConnection events = RawConnection.to(port)) {
                events.ask("GET", "/api/events").head();
                assertThat(next(events, "live").reason()).isEmpty();

                cameras.unplug(0);
                Told offline = next(events, "offline");
                assertThat(offline.reason()).isEqualTo("the camera HD Webcam is unplugged");
                assertThat(offline.viewers()).isEqualTo(VIEWERS);

                cameras.give(List.of(NumberedPicture.of(2)));
                cameras.plug(3, WEBCAM); // systems give the next free number while the old one is still held
                Told live = next(events, "live");
                assertThat(live.reason()).isEmpty();
                assertThat(live.viewers()).isEqualTo(VIEWERS);
            }
            for (Witness viewer : viewers) {
                viewer.awaits(2);
                assertThat(viewer.ended()).isFalse();
                assertThat(viewer.numbers()).containsExactly(1, 2);
            }
        } finally {
            for (Witness viewer : viewers) {
                viewer.close();
            }
        }
    }

    /** The part of an event that describes the feed. */
    private record Told(String state, String reason, int viewers) {

        private static final Pattern FEED =
                Pattern.compile("\"state\":\"(.*?)\",\"reason\":\"(.*?)\".*?\"viewers\":(\\d+)");

        static Told of(String event) {
            Matcher feed = FEED.matcher(event);
            assertThat(feed.find()).as(event).isTrue();
            return new Told(feed.group(1), feed.group(2), Integer.parseInt(feed.group(3)));
        }
    }

    /** The next event of this state. */
    private static Told next(RawConnection events, String state) throws IOException {
        Told told = Told.of(line(events));
        while (!told.state().equals(state)) {
            told = Told.of(line(events));
        }
        return told;
    }

    /** The next line of data. */
    private static String line(RawConnection events) throws IOException {
        StringBuilder line = new StringBuilder();
        while (!line.toString().startsWith("data: ")) {
            line.setLength(0);
            for (int next = events.read(); next != '\n'; next = events.read()) {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}

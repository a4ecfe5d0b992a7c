package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.ViewerStatus;
import dev.flipbook.websocket.OpenStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamsTest {

    private final Streams streams = new Streams();

    /** One that says that it has been watched for this long. */
    private record Watched(String id, Duration watching, List<String> ended) implements OpenStream {

        @Override
        public String feed() {
            return "door";
        }

        @Override
        public String kind() {
            return "mjpeg";
        }

        @Override
        public String address() {
            return "127.0.0.1";
        }

        @Override
        public ViewerStatus status() {
            return new ViewerStatus(watching, 0, 0, 0, 0, Duration.ZERO);
        }

        @Override
        public void end() {
            ended.add(id);
        }
    }

    @Test
    void theyAreListedAsTheyCameWhateverMomentTheirTimesAreReadAt() {
        List<OpenStream> came = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            OpenStream one = new Watched("s" + i, Duration.ofNanos(i * 7 % 20), new ArrayList<>());
            streams.add(one);
            came.add(one);
        }

        assertThat(streams.list()).isEqualTo(came);
    }

    @Test
    void whoTakesAnIdEndsTheOlderOneAndComesLast() {
        List<String> ended = new ArrayList<>();
        OpenStream older = new Watched("a", Duration.ZERO, ended);
        OpenStream other = new Watched("b", Duration.ZERO, ended);
        OpenStream newer = new Watched("a", Duration.ofSeconds(1), ended);
        streams.add(older);
        streams.add(other);
        streams.add(newer);
        assertThat(ended).containsExactly("a");

        streams.remove(older); // which has ended, and is not the one of this id any more

        assertThat(streams.list()).containsExactly(other, newer);
        streams.remove(newer);
        assertThat(streams.list()).containsExactly(other);
    }
}

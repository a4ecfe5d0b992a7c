package dev.flipbook.it.stream;

import static org.awaitility.Awaitility.await;

import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.ProcessFigures;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.Witness;
import dev.flipbook.server.Flipbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hundreds of viewers come and go, most of them without closing in order. Nothing of them remains. */
@Timeout(300)
class ComingAndGoingIT {

    private static final int VIEWERS = 400;

    @Test
    void threadsDescriptorsAndMemoryReturn() throws Exception {
        try (Flipbook flipbook = Flipbook.start(0)) {
            Feed feed = flipbook.feed("cam");
            feed.publish(NumberedPicture.of(1, 300_000));
            try (Witness witness = Witness.of(flipbook.port(), "/video_feed")) {
                witness.awaits(1);
                long used = flipbook.feeds().usedBytes();
                ProcessFigures before = ProcessFigures.now();
                for (int i = 0; i < VIEWERS; i++) {
                    comeAndGo(flipbook.port(), i);
                    feed.publish(NumberedPicture.of(i + 2, 300_000));
                    witness.awaits(i + 2);
                }
                witness.sawAllUpTo(VIEWERS + 1);
                await().until(() -> feed.status().viewers() == 1);
                await().until(() -> flipbook.feeds().usedBytes() == used);
                ProcessFigures.awaitAsBefore(before);
            }
        }
    }

    /** Comes, and leaves in one of the ways in which viewers leave. */
    private static void comeAndGo(int port, int way) throws Exception {
        RawConnection connection = RawConnection.to(port);
        switch (way % 4) {
            case 0 -> connection.abort(); // before asking
            case 1 -> connection.ask("GET", "/video_feed").abort(); // before the first byte
            case 2 -> { // in the middle of a picture
                connection.ask("GET", "/video_feed").head();
                connection.read(10_000);
                connection.abort();
            }
            default -> { // in order, with bytes on their way
                PartReader.of(connection, "/video_feed").next();
                connection.close();
            }
        }
    }
}

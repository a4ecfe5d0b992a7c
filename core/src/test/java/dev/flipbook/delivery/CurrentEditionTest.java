package dev.flipbook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.Frame;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.BlockText;
import dev.flipbook.mjpeg.Framing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What is shown, in which order, and which memory is held for it. Each picture takes one block of 4096 bytes. */
class CurrentEditionTest {

    private static final int BLOCK = 4096;

    private final FakeTicker ticker = new FakeTicker();
    private final BlockPool pool = new BlockPool(3 * BLOCK);
    private final CurrentEdition newest = new CurrentEdition("b", ticker, pool);

    // showing

    @Test
    void aPictureIsShownUnderTheNextNumbers() {
        assertThat(newest.publish(frame(1))).isTrue();
        assertThat(newest.publish(frame(2))).isTrue();

        Edition edition = Objects.requireNonNull(newest.takeNewer(1));
        assertThat(edition.number()).isEqualTo(2);
        assertThat(edition.sequence()).isEqualTo(2);
        assertThat(edition.kind()).isEqualTo(Edition.Kind.PICTURE);
        assertThat(edition.last()).isFalse();
        assertThat(edition.width()).isEqualTo(16);
        assertThat(edition.height()).isEqualTo(16);
        assertThat(edition.capturedNanos()).isEqualTo(ticker.nanos());
        assertThat(number(edition)).isEqualTo(2);
        edition.release();
        assertThat(newest.editions()).isEqualTo(2);
        assertThat(newest.sequence()).isEqualTo(2);
        assertThat(newest.kind()).hasValue(Edition.Kind.PICTURE);
        assertThat(pool.usedBytes()).isEqualTo(BLOCK);
    }

    @Test
    void whatIsNotNewerIsNotTaken() {
        assertThat(newest.takeNewer(0)).isNull();
        assertThat(newest.hasNewer(0)).isFalse();
        newest.publish(frame(1));

        assertThat(newest.hasNewer(0)).isTrue();
        assertThat(newest.hasNewer(1)).isFalse();
        assertThat(newest.takeNewer(1)).isNull();
        assertThat(newest.takeNewer(2)).isNull();
    }

    @Test
    void theTimeInTheHeaderIsThatAtWhichThePictureWasTaken() {
        ticker.advance(Duration.ofNanos(250_007_000));
        newest.publish(frame(1).capturedAt(ticker.nanos() - 1_500_000_000));

        Edition edition = Objects.requireNonNull(newest.peek());
        ByteBuffer part = Objects.requireNonNull(edition.block()).first(Framing.STRICT);
        assertThat(StandardCharsets.ISO_8859_1.decode(part).toString())
                .as("1.5 s before the ticker's 1772366400.250007")
                .contains("X-Timestamp: 1772366398.750007\r\n");
    }

    @Test
    void aPlaceholderNeverCoversAPictureThatCameSinceItWasOrdered() {
        newest.publish(frame(1));
        long before = newest.editions();
        newest.publish(frame(2));

        newest.placeholder(frame(9), before);

        assertThat(newest.kind()).hasValue(Edition.Kind.PICTURE);
        assertThat(newest.editions()).isEqualTo(2);
        assertThat(number(Objects.requireNonNull(newest.peek()))).isEqualTo(2);
    }

    @Test
    void aPlaceholderIsShownInPlaceOfTheLastPictureWhichIsKept() {
        newest.publish(frame(1));
        ticker.advance(Duration.ofSeconds(2));
        newest.placeholder(frame(9), newest.editions());

        Edition edition = Objects.requireNonNull(newest.peek());
        assertThat(edition.kind()).isEqualTo(Edition.Kind.PLACEHOLDER);
        assertThat(edition.number()).isEqualTo(2);
        assertThat(edition.sequence()).as("of the last picture").isEqualTo(1);
        assertThat(edition.capturedNanos()).isEqualTo(ticker.nanos());
        assertThat(number(edition)).isEqualTo(9);
        assertThat(Pictures.number(newest.lastPicture().copy().orElseThrow().bytes()))
                .isEqualTo(1);
        assertThat(newest.figures().age()).hasValue(Duration.ofSeconds(2));
        assertThat(newest.figures().frames()).isEqualTo(1);
        assertThat(pool.usedBytes()).isEqualTo(2 * BLOCK);
        newest.placeholder(frame(8), newest.editions());
        assertThat(pool.usedBytes()).as("the placeholder before is released").isEqualTo(2 * BLOCK);
    }

    @Test
    void whatFindsNoMemoryIsCountedAndWhatIsShownStays() {
        newest.publish(frame(1));
        Block one = takeMemory();
        Block other = takeMemory();

        assertThat(newest.publish(frame(2))).isFalse();
        assertThat(newest.figures().dropped()).isEqualTo(1);
        newest.placeholder(frame(9), newest.editions());
        assertThat(newest.figures().dropped()).isEqualTo(2);
        VariantEdition follower = newest.forVariant();
        assertThat(follower.pass(Objects.requireNonNull(newest.peek()), frame(3).picture()))
                .isFalse();
        assertThat(follower.figures().dropped()).isEqualTo(1);
        assertThat(newest.editions()).isEqualTo(1);
        assertThat(newest.kind()).hasValue(Edition.Kind.PICTURE);
        one.release();
        other.release();
    }

    @Test
    void whatIsShownOnceMoreHasANewNumberAndTheSamePictureAndEndsTheQuiet() {
        newest.repeat();
        assertThat(newest.editions()).as("nothing to repeat").isZero();
        newest.publish(frame(1));
        ticker.advance(Duration.ofSeconds(5));
        assertThat(newest.quietSince()).isEqualTo(ticker.nanos() - 5_000_000_000L);
        newest.repeat();

        Edition edition = Objects.requireNonNull(newest.peek());
        assertThat(edition.number()).isEqualTo(2);
        assertThat(edition.sequence()).isEqualTo(1);
        assertThat(edition.kind()).isEqualTo(Edition.Kind.PICTURE);
        assertThat(newest.quietSince()).isEqualTo(ticker.nanos());
        newest.repeatAs(Edition.Kind.PLACEHOLDER);
        assertThat(newest.kind()).hasValue(Edition.Kind.PLACEHOLDER);
        assertThat(newest.editions()).isEqualTo(3);
        assertThat(pool.usedBytes()).isEqualTo(BLOCK);
    }

    @Test
    void theQuietOfANewViewerBeginsNow() {
        ticker.advance(Duration.ofSeconds(3));
        newest.quietFromNow();

        assertThat(newest.quietSince()).isEqualTo(ticker.nanos());
    }

    // figures

    @Test
    void figuresBeforeTheFirstPictureAreNothing() {
        assertThat(newest.figures())
                .isEqualTo(new FeedTally.Figures(0, 0, 0, 0, 0, Optional.empty(), Duration.ZERO, Optional.empty()));
        assertThat(newest.figures().begun()).isEmpty();
        assertThat(newest.lastPicture().captured()).isEmpty();
        assertThat(newest.lastPicture().copy()).isEmpty();
        assertThat(newest.lastPicture().look(Jpeg::size)).isEmpty();
        assertThat(newest.lastPicture().hold()).isNull();
        assertThat(newest.forVariant().hold(0)).isNull();
        assertThat(newest.sequence()).isZero();
        assertThat(newest.kind()).isEmpty();
        assertThat(newest.isEnd()).isFalse();
    }

    @Test
    void figuresTellOfTheLastPicture() {
        newest.publish(frame(1));
        ticker.advance(Duration.ofMillis(40));
        newest.publish(frame(2).capturedAt(ticker.nanos() - 7_000_000));
        ticker.advance(Duration.ofMillis(10));

        assertThat(newest.figures())
                .isEqualTo(new FeedTally.Figures(
                        16,
                        16,
                        25,
                        2,
                        0,
                        Optional.of(Duration.ofMillis(17)),
                        Duration.ZERO,
                        Optional.of(ticker.now().minusMillis(50))));
        assertThat(newest.figures().begun()).hasValue(ticker.now().minusMillis(50));
        assertThat(newest.lastPicture().captured()).isEqualTo(OptionalLong.of(ticker.nanos() - 17_000_000));
        assertThat(newest.interval()).isEqualTo(40_000_000);
        assertThat(newest.lastPicture().look(Jpeg::size))
                .hasValue(frame(2).picture().size());
    }

    @Test
    void aPictureOfTheFutureIsAsOldAsNow() {
        newest.publish(frame(1).capturedAt(ticker.nanos() + 1_000_000));

        assertThat(newest.figures().age()).hasValue(Duration.ZERO);
    }

    @Test
    void theSamePictureAgainStandsStillSinceItCameFirst() {
        newest.publish(frame(1));
        ticker.advance(Duration.ofSeconds(3));
        assertThat(newest.figures().still()).as("one picture tells nothing").isZero();
        newest.publish(frame(1));
        assertThat(newest.figures().still()).isEqualTo(Duration.ofSeconds(3));
        ticker.advance(Duration.ofSeconds(2));
        newest.publish(frame(1));
        assertThat(newest.figures().still()).isEqualTo(Duration.ofSeconds(5));

        newest.publish(frame(2));
        ticker.advance(Duration.ofSeconds(1));
        assertThat(newest.figures().still()).isZero();
    }

    @Test
    void theRateIsMeasuredAnewAfterAPlaceholder() {
        newest.publish(frame(1));
        ticker.advance(Duration.ofMillis(40));
        newest.publish(frame(2));
        newest.placeholder(frame(9), newest.editions());
        ticker.advance(Duration.ofSeconds(9));
        newest.publish(frame(3));

        assertThat(newest.interval()).isZero();
        assertThat(newest.figures().fps()).isZero();
        ticker.advance(Duration.ofMillis(50));
        newest.publish(frame(4));
        assertThat(newest.interval()).isEqualTo(50_000_000);
    }

    // holding

    @Test
    void whoTakesATurnHoldsItsMemoryUntilItReleasesIt() {
        newest.publish(frame(1));
        Edition held = Objects.requireNonNull(newest.takeNewer(0));
        newest.publish(frame(2));
        assertThat(pool.usedBytes()).isEqualTo(2 * BLOCK);
        assertThat(number(held)).isEqualTo(1);

        held.release();
        assertThat(pool.usedBytes()).isEqualTo(BLOCK);
    }

    @Test
    void theLastPictureIsHeldForWhoeverAsksForItAndCopiedForGood() {
        newest.publish(frame(1));
        Edition held = Objects.requireNonNull(newest.lastPicture().hold());
        Frame copy = newest.lastPicture().copy().orElseThrow();
        assertThat(newest.lastPicture().look(Jpeg::size)).isPresent();
        newest.publish(frame(2));
        assertThat(pool.usedBytes()).isEqualTo(2 * BLOCK);
        held.release();

        assertThat(pool.usedBytes()).as("a copy and a look hold nothing").isEqualTo(BLOCK);
        assertThat(Pictures.number(copy.bytes())).isEqualTo(1);
        assertThat(copy.sequence()).isEqualTo(1);
        assertThat(copy.width()).isEqualTo(16);
    }

    @Test
    void whatIsShownIsHeldOnlyWhenItIsThePictureOfThatNumber() {
        VariantEdition follower = newest.forVariant();
        newest.publish(frame(1));
        follower.pass(Objects.requireNonNull(newest.peek()));
        assertThat(follower.hold(2)).isNull();
        Edition held = Objects.requireNonNull(follower.hold(1));
        assertThat(held.sequence()).isEqualTo(1);
        held.release();
        newest.placeholder(frame(9), newest.editions());
        follower.pass(Objects.requireNonNull(newest.peek()));

        assertThat(follower.hold(1)).as("a placeholder has the number too").isNull();
        follower.drop();
        newest.forget(() -> true);
        assertThat(pool.usedBytes()).as("what was not given is not held").isEqualTo(BLOCK);
    }

    // following another one's editions

    @Test
    void whatIsPassedOnKeepsItsNumberAndHoldsItsOwnMemory() {
        VariantEdition follower = newest.forVariant();
        newest.publish(frame(1));
        Edition edition = Objects.requireNonNull(newest.peek());
        follower.pass(edition);

        assertThat(follower.peek()).isEqualTo(edition);
        newest.publish(frame(2));
        assertThat(pool.usedBytes()).isEqualTo(2 * BLOCK);
        Edition next = Objects.requireNonNull(newest.peek());
        ticker.advance(Duration.ofMillis(20));
        assertThat(follower.pass(next, frame(7).picture())).isTrue();

        Edition made = Objects.requireNonNull(follower.peek());
        assertThat(made.number()).isEqualTo(2);
        assertThat(number(made)).isEqualTo(7);
        assertThat(made.capturedNanos()).isEqualTo(next.capturedNanos());
        assertThat(follower.interval()).isEqualTo(20_000_000);
        assertThat(pool.usedBytes()).isEqualTo(2 * BLOCK);
        follower.drop();
        assertThat(pool.usedBytes()).isEqualTo(BLOCK);
        assertThat(follower.kind()).isEmpty();
    }

    @Test
    void theRateOfWhatIsPassedOnIsMeasuredAnewAfterAPlaceholder() {
        VariantEdition follower = newest.forVariant();
        newest.publish(frame(1));
        follower.pass(Objects.requireNonNull(newest.peek()));
        newest.placeholder(frame(9), newest.editions());
        follower.pass(Objects.requireNonNull(newest.peek()));
        ticker.advance(Duration.ofSeconds(9));
        newest.publish(frame(2));
        follower.pass(Objects.requireNonNull(newest.peek()));

        assertThat(follower.interval()).isZero();
        follower.drop();
    }

    @Test
    void afterItWasDroppedNothingIsPassedOn() {
        VariantEdition follower = newest.forVariant();
        newest.publish(frame(1));
        Edition edition = Objects.requireNonNull(newest.peek());
        assertThat(follower.passAgain(edition)).as("nothing is shown yet").isFalse();
        follower.drop();

        follower.pass(edition);
        assertThat(follower.pass(edition, frame(7).picture()))
                .as("nobody misses it")
                .isTrue();
        assertThat(follower.passAgain(edition)).isTrue();
        assertThat(follower.kind()).isEmpty();
        assertThat(pool.usedBytes()).isEqualTo(BLOCK);
    }

    @Test
    void whatIsPassedOnAgainHasTheOthersNumberAndItsOwnPicture() {
        VariantEdition follower = newest.forVariant();
        newest.publish(frame(1));
        assertThat(follower.pass(Objects.requireNonNull(newest.peek()), frame(7).picture()))
                .isTrue();
        newest.repeat();
        assertThat(follower.passAgain(Objects.requireNonNull(newest.peek()))).isTrue();

        Edition again = Objects.requireNonNull(follower.peek());
        assertThat(again.number()).isEqualTo(2);
        assertThat(number(again)).isEqualTo(7);
        follower.drop();
    }

    // letting go

    @Test
    void whatNobodyWatchesIsForgottenButForTheLastPicture() {
        newest.publish(frame(1));
        newest.forget(() -> false);
        assertThat(newest.kind()).hasValue(Edition.Kind.PICTURE);

        newest.forget(() -> true);
        assertThat(newest.kind()).isEmpty();
        assertThat(newest.lastPicture().copy()).isPresent();
        assertThat(pool.usedBytes()).isEqualTo(BLOCK);
        newest.publish(frame(2));
        assertThat(pool.usedBytes()).as("released once by each holder").isEqualTo(BLOCK);
    }

    @Test
    void theEndIsTheNewestPictureOnceMoreWithTheClosingDelimiter() {
        newest.publish(frame(1));
        assertThat(newest.close()).isTrue();
        assertThat(newest.close()).isFalse();

        Edition end = Objects.requireNonNull(newest.takeNewer(1));
        assertThat(end.number()).isEqualTo(2);
        assertThat(end.last()).isTrue();
        assertThat(end.sequence()).isEqualTo(1);
        assertThat(number(end)).isEqualTo(1);
        ByteBuffer part = Objects.requireNonNull(end.block()).next(Framing.STRICT);
        assertThat(StandardCharsets.ISO_8859_1.decode(part).toString()).endsWith("\r\n--b--\r\n");
        end.release();
        assertThat(newest.isEnd()).isTrue();
    }

    @Test
    void afterTheEndNothingIsShownAnyMore() {
        newest.publish(frame(1));
        newest.close();
        assertThat(newest.publish(frame(2))).isFalse();
        newest.placeholder(frame(9), newest.editions());
        newest.repeat();
        newest.forget(() -> true);

        assertThat(newest.editions()).isEqualTo(2);
        assertThat(newest.isEnd()).isTrue();
        assertThat(newest.figures().dropped())
                .as("ignored, and not for want of memory")
                .isZero();
    }

    @Test
    void theEndOfNothingIsEmpty() {
        assertThat(newest.close()).isTrue();

        Edition end = Objects.requireNonNull(newest.takeNewer(0));
        assertThat(end.last()).isTrue();
        assertThat(end.block()).isNull();
        end.release();
    }

    @Test
    void afterTheEndAllMemoryGoesBackWhenNobodyWatches() {
        newest.publish(frame(1));
        assertThat(newest.letGo(() -> true)).as("before the end").isFalse();
        newest.close();
        assertThat(newest.letGo(() -> false)).as("while somebody watches").isFalse();
        assertThat(pool.usedBytes()).isEqualTo(2 * BLOCK);

        assertThat(newest.letGo(() -> true)).isTrue();
        assertThat(pool.usedBytes()).isZero();
        assertThat(newest.lastPicture().copy()).isEmpty();
        Edition late = Objects.requireNonNull(newest.takeNewer(0));
        assertThat(late.last()).as("who comes later").isTrue();
        assertThat(late.block()).isNull();
    }

    private static Frame frame(long number) {
        return Frame.ofJpeg(Pictures.numbered(number, 100));
    }

    private static long number(Edition edition) {
        ByteBuffer picture = Objects.requireNonNull(edition.block()).picture();
        return Pictures.number(FakeSink.bytes(picture));
    }

    private Block takeMemory() {
        return pool.block(frame(0).picture(), new BlockText("image/jpeg", "b"), 0, false)
                .orElseThrow();
    }
}

package dev.flipbook.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.it.kit.Browser;
import dev.flipbook.it.kit.BrowserImage;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.it.kit.VirtualCameras;
import dev.flipbook.server.Flipbook;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controls of a camera in the page: what is moved there reaches the camera, and every other page that shows it. */
class BrowserMovesControlsIT extends BrowserCase {

    @TempDir
    private Path folder;

    private final Flipbook flipbook;
    private final ScriptedCamera camera;

    BrowserMovesControlsIT() throws IOException {
        flipbook = Flipbook.start(0);
        camera = new ScriptedCamera(BrowserImage.plainPictures().get(0));
        flipbook.feed("door", camera);
    }

    @BeforeEach
    void openPanel() throws Exception {
        openPanel(browser(), flipbook.address().resolve("/feeds/door"));
    }

    @AfterEach
    void closeServer() {
        camera.mayAnswer.release(1000);
        flipbook.close();
    }

    @Test
    void eachControlIsALabelledInputWithItsRangeAndItsDefault() throws Exception {
        assertThat(text("#panel .controls"))
                .contains("Brightness", "−64 to 64, default 0", "White balance automatic", "Power line frequency");
        assertThat(browser()
                        .evaluate("(s => [s.type, s.min, s.max, s.step, s.value, s.labels[0].textContent].join())"
                                + "(document.getElementById('control-brightness'))")
                        .asString())
                .isEqualTo("range,-64,64,2,20,Brightness");
        assertThat(browser()
                        .evaluate("(s => [s.checked, s.getAttribute('role'), s.labels[0].textContent].join())"
                                + "(document.getElementById('control-white_balance_automatic'))")
                        .asString())
                .isEqualTo("true,switch,White balance automatic");
        assertThat(browser()
                        .evaluate("(s => [...s.options].map(one => one.value + one.text).join())"
                                + "(document.getElementById('control-power_line_frequency'))")
                        .asString())
                .as("without the choice that the camera lacks; the default has a star")
                .isEqualTo("0Disabled,1" + "50 Hz *,3Auto");
    }

    @Test
    void sliderSwitchAndChoiceSetTheCameraAndResetBringsTheDefaultBack() throws Exception {
        browser().evaluate("document.getElementById('control-brightness').focus()");
        browser().press("ArrowRight");
        soon().until(() -> camera.value("brightness") == 22);
        assertThat(path()).as("the arrows are the slider's").isEqualTo("/feeds/door");
        browser().press("ArrowLeft");
        soon().until(() -> camera.value("brightness") == 20);

        browser().click("#control-white_balance_automatic", 1);
        soon().until(() -> camera.value("white_balance_automatic") == 0);
        choose("control-power_line_frequency", "3");
        soon().until(() -> camera.value("power_line_frequency") == 3);
        type("-12");
        soon().until(() -> camera.value("brightness") == -12);
        soon().until(() -> value(browser(), "control-brightness").equals("-12"));

        browser().click("[aria-label=\"Reset “Brightness” to 0\"]", 1);

        soon().until(() -> camera.value("brightness") == 0);
        soon().until(() -> value(browser(), "control-brightness").equals("0"));
    }

    @Test
    void mouseOnTheSliderSetsTheCamera() throws Exception {
        Box slider = box("control-brightness");

        browser().click(slider.at(0.9), slider.middle(), 1);

        soon().until(() -> camera.value("brightness") > 40);
        soon().until(() -> value(browser(), "control-brightness").equals("" + camera.value("brightness")));
    }

    @Test
    void oneRequestIsUnderWayAtATimeAndTheNewestValueIsNext() throws Exception {
        camera.mayAnswer.drainPermits();

        for (String value : List.of("2", "4", "6", "8", "10")) {
            slide(value);
        }
        soon().until(() -> camera.asked.size() == 1);
        forASecond().until(() -> camera.asked.size() == 1);
        camera.mayAnswer.release(1000);

        soon().until(() -> camera.value("brightness") == 10);
        assertThat(camera.asked).containsExactly("brightness=2", "brightness=10");
        assertThat(value(browser(), "control-brightness")).isEqualTo("10");
    }

    @Test
    void valueThatIsRefusedSnapsBackAndTheServersSentenceSaysWhy() throws Exception {
        camera.refuses = "the camera does not take brightness=40 now";
        slide("40");
        soon().until(() -> text("#panel .error").equals("the camera does not take brightness=40 now"));
        assertThat(value(browser(), "control-brightness")).isEqualTo("20");

        camera.refuses = "";
        type("99");
        soon().until(() -> text("#panel .error").equals("brightness is 99; it goes from -64 to 64 in steps of 2"));
        assertThat(value(browser(), "control-brightness")).isEqualTo("20");
        slide("22");

        soon().until(() ->
                camera.value("brightness") == 22 && text("#panel .error").isEmpty());
    }

    @Test
    void whatAnotherPageMovesIsFollowedExceptByASliderThatTheUserHolds() throws Exception {
        try (Browser other = kind.start()) {
            openPanel(other, flipbook.address().resolve("/feeds/door"));
            pointer("pointerdown");

            other.evaluate(slideTo("-20"));
            other.evaluate("document.getElementById('control-white_balance_automatic').click()");

            soon().until(() -> browser()
                    .evaluate("!document.getElementById('control-white_balance_automatic').checked")
                    .asBoolean());
            assertThat(camera.value("brightness")).isEqualTo(-20);
            assertThat(value(browser(), "control-brightness")).as("held").isEqualTo("20");
            pointer("pointerup");
            soon().until(() -> value(browser(), "control-brightness").equals("-20"));
        }
    }

    @Test
    void panelFollowsTheLargePicture() throws Exception {
        flipbook.feed("yard", new ScriptedCamera(BrowserImage.plainPictures().get(1)));
        soon().until(() -> browser()
                .evaluate("!document.querySelector('[data-do=next]').disabled")
                .asBoolean());

        browser().click("[data-do=next]", 1);

        soon().until(() -> text("#panel h2").equals("Manage “yard”") && path().equals("/feeds/yard"));
        soon().until(() -> !value(browser(), "control-brightness").isEmpty());
        slide("8");
        soon().until(() -> flipbook.feeds()
                        .find("yard")
                        .orElseThrow()
                        .status()
                        .controls()
                        .get(0)
                        .value()
                == 8);
        assertThat(camera.value("brightness")).isEqualTo(20);
    }

    /** The whole way: a page, the program, the driver; and its picture in the page of another browser. */
    @Test
    void sliderOfACameraOfThisMachineChangesThePictureOfOtherViewersAndTheirSliders() throws Exception {
        VirtualCameras cameras =
                new VirtualCameras(VirtualCameras.compiled(folder, "controls move"), folder.resolve("cameras"));
        cameras.plug(0, "name HD Webcam", "format YUYV 320x240 30", "control 980900 1 -100 100 1 0 Brightness");
        try (Program program = Program.start(cameras.environment(), "webcam", "-p", "0");
                Browser other = kind.start()) {
            int port = program.port();
            URI page = URI.create("http://127.0.0.1:" + port + "/feeds/webcam");
            openPanel(browser(), page);
            openPanel(other, page);
            soon().until(() -> light(other) > 100);
            int before = light(other);

            slide("-90");

            soon().until(() -> light(other) < before - 60);
            soon().until(() -> value(other, "control-brightness").equals("-90"));
            assertThat(status(port)).contains("\"usual\":0,\"value\":-90");
        }
    }

    private void openPanel(Browser in, URI page) throws Exception {
        in.open(page);
        soon().until(() -> in.evaluate("!document.querySelector('[data-do=manage]').hidden"
                        + " && document.querySelector('.one flipbook-view')?.state === 'live'")
                .asBoolean());
        in.click("[data-do=manage]", 1);
        soon().until(() -> !value(in, "control-brightness").isEmpty());
    }

    private static void slide(String value) throws IOException, InterruptedException {
        browser().evaluate(slideTo(value));
    }

    /** What a hand does to a slider, as the browser tells the page. */
    private static String slideTo(String value) {
        return "(s => { s.value = '" + value
                + "'; s.dispatchEvent(new Event('input')); s.dispatchEvent(new Event('change')); })"
                + "(document.getElementById('control-brightness'))";
    }

    private static void pointer(String event) throws IOException, InterruptedException {
        browser()
                .evaluate("document.getElementById('control-brightness').dispatchEvent(new PointerEvent('" + event
                        + "'))");
    }

    private static void choose(String id, String value) throws IOException, InterruptedException {
        browser()
                .evaluate("(s => { s.value = '" + value + "'; s.dispatchEvent(new Event('change')); })"
                        + "(document.getElementById('" + id + "'))");
    }

    /** Types a number for the brightness. */
    private static void type(String number) throws IOException, InterruptedException {
        browser().evaluate("document.querySelector('#panel input[type=number]').select()");
        for (int digit : number.codePoints().toArray()) {
            browser().press(Character.toString(digit));
        }
        browser().press("Enter");
    }

    private record Box(double x, double y, double width, double height) {

        int at(double part) {
            return (int) (x + part * width);
        }

        int middle() {
            return (int) (y + height / 2);
        }
    }

    private static Box box(String id) throws IOException, InterruptedException {
        var box = browser()
                .evaluate("(b => [b.x, b.y, b.width, b.height])(document.getElementById('" + id
                        + "').getBoundingClientRect())");
        return new Box(
                box.path(0).asDouble(),
                box.path(1).asDouble(),
                box.path(2).asDouble(),
                box.path(3).asDouble());
    }

    /** How light the picture is, in the middle of its place on the screen. */
    private static int light(Browser in) throws IOException, InterruptedException {
        BufferedImage screen = in.screenshot();
        Color colour = new Color(screen.getRGB(screen.getWidth() / 4, screen.getHeight() / 2));
        return Math.max(colour.getRed(), Math.max(colour.getGreen(), colour.getBlue()));
    }

    private static String value(Browser in, String id) throws IOException, InterruptedException {
        return in.evaluate("document.getElementById('" + id + "')?.value ?? ''").asString();
    }

    private static String text(String selector) throws IOException, InterruptedException {
        return browser()
                .evaluate("[...document.querySelectorAll('" + selector
                        + "')].filter(e => e.checkVisibility()).map(e => e.innerText.trim()).join(' ')")
                .asString();
    }

    private static String path() throws IOException, InterruptedException {
        return browser().evaluate("location.pathname").asString();
    }

    private static String status(int port) throws IOException {
        try (RawConnection connection = RawConnection.to(port)) {
            ResponseHead head = connection.ask("GET", "/api/feeds/webcam").head();
            return new String(connection.read(Integer.parseInt(head.header("Content-Length"))), StandardCharsets.UTF_8);
        }
    }

    /** A camera that gives one picture again and again, and does to its controls what the test says. */
    private static final class ScriptedCamera implements FrameSource {

        final Semaphore mayAnswer = new Semaphore(1000);
        final List<String> asked = new CopyOnWriteArrayList<>();
        volatile String refuses = "";

        private final byte[] picture;
        private final Map<String, Integer> values = new ConcurrentHashMap<>(
                Map.of("brightness", 20, "white_balance_automatic", 1, "power_line_frequency", 1));
        private final CountDownLatch never = new CountDownLatch(1);

        ScriptedCamera(byte[] picture) {
            this.picture = picture;
        }

        int value(String name) {
            return values.getOrDefault(name, 0);
        }

        @Override
        public Frame next() throws InterruptedException {
            var _ = never.await(50, TimeUnit.MILLISECONDS);
            return Frame.ofJpeg(picture);
        }

        @Override
        public List<Control> controls() {
            int frequency = value("power_line_frequency");
            return List.of(
                    new Control("brightness", "integer", -64, 64, 2, 0, value("brightness"), List.of()),
                    new Control(
                            "white_balance_automatic",
                            "boolean",
                            0,
                            1,
                            1,
                            1,
                            value("white_balance_automatic"),
                            List.of()),
                    new Control(
                            "power_line_frequency",
                            "menu",
                            0,
                            3,
                            1,
                            1,
                            frequency,
                            List.of("Disabled", "50 Hz", "", "Auto")));
        }

        @Override
        public void control(String name, int value) throws IOException {
            asked.add(name + "=" + value);
            mayAnswer.acquireUninterruptibly();
            if (!refuses.isEmpty()) {
                throw new IOException(refuses);
            }
            values.put(name, value);
        }
    }
}

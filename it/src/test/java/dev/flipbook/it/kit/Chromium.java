package dev.flipbook.it.kit;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import tools.jackson.databind.JsonNode;

/** Chromium, over the Chrome DevTools protocol: https://chromedevtools.github.io/devtools-protocol/. */
final class Chromium implements Browser {

    private static final List<String> FLAGS = List.of(
            "--headless",
            "--no-sandbox", // tests may run as root, where the sandbox cannot be set up
            "--disable-gpu",
            "--disable-dev-shm-usage", // containers grant 64 MiB
            "--disable-quic",
            "--no-first-run",
            "--no-default-browser-check",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-default-apps",
            "--disable-sync",
            "--disable-breakpad",
            "--no-proxy-server",
            "--host-resolver-rules=MAP " + FOREIGN
                    + " 127.0.0.1, MAP localhost 127.0.0.1, EXCLUDE 127.0.0.1, MAP * ~NOTFOUND",
            "--window-size=800,600",
            "--remote-debugging-port=0",
            "about:blank");

    /** The codes of keys at which the browser itself does something. */
    private static final Map<String, Integer> CODES = Map.of("Enter", 13, "Escape", 27, "Tab", 9, " ", 32);

    private final BrowserProcess process;
    private final BrowserSocket socket;
    private String target = "";
    private String tab = "";

    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private volatile boolean crashed;
    private volatile CountDownLatch loaded = new CountDownLatch(1);

    private Chromium(BrowserProcess process, URI address) throws IOException {
        this.process = process;
        this.socket = new BrowserSocket(address, this::hear);
    }

    static Chromium start(String program) throws IOException, InterruptedException {
        Path profile = BrowserProcess.newProfile();
        List<String> command = new ArrayList<>(List.of(program, "--user-data-dir=" + profile));
        command.addAll(FLAGS);
        BrowserProcess process = BrowserProcess.start(profile, command);
        try {
            String[] lines = process.awaitFile("DevToolsActivePort", "").split("\n", 2);
            return new Chromium(process, URI.create("ws://127.0.0.1:" + lines[0] + lines[1].strip()));
        } catch (IOException | InterruptedException | RuntimeException e) {
            process.close();
            throw e;
        }
    }

    @Override
    public void open(URI page, String script) throws IOException, InterruptedException {
        String before = target;
        target = socket.call("Target.createTarget", Map.of("url", "about:blank"))
                .path("targetId")
                .asString();
        tab = socket.call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .path("sessionId")
                .asString();
        crashed = false;
        complaints.clear();
        call("Page.enable", Map.of());
        call("Runtime.enable", Map.of());
        call("Log.enable", Map.of());
        call("Inspector.enable", Map.of());
        call("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
        if (!before.isEmpty()) {
            socket.call("Target.closeTarget", Map.of("targetId", before));
        }
        loaded = new CountDownLatch(1);
        JsonNode answer = call("Page.navigate", Map.of("url", page.toString()));
        if (answer.has("errorText")) {
            throw new IOException(
                    page + " was not opened: " + answer.path("errorText").asString());
        }
        if (!loaded.await(60, TimeUnit.SECONDS)) {
            throw new IOException(page + " has not loaded within 30 s");
        }
    }

    @Override
    public void press(String key) throws IOException, InterruptedException {
        String text = key.equals("Enter") ? "\r" : key.length() == 1 ? key : "";
        int code = CODES.getOrDefault(key, 0);
        call(
                "Input.dispatchKeyEvent",
                Map.of("type", "keyDown", "key", key, "text", text, "windowsVirtualKeyCode", code));
        call("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "windowsVirtualKeyCode", code));
    }

    @Override
    public void resize(int width, int height) throws IOException, InterruptedException {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    @Override
    public void click(int x, int y, int times) throws IOException, InterruptedException {
        call("Input.dispatchMouseEvent", Map.of("type", "mouseMoved", "x", x, "y", y));
        for (int i = 1; i <= times; i++) {
            for (String type : List.of("mousePressed", "mouseReleased")) {
                call(
                        "Input.dispatchMouseEvent",
                        Map.of("type", type, "x", x, "y", y, "button", "left", "clickCount", i));
            }
        }
    }

    @Override
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    @Override
    public JsonNode evaluate(String expression) throws IOException, InterruptedException {
        if (crashed) {
            throw new IOException("the tab has crashed");
        }
        JsonNode answer =
                call("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new IOException(expression + " failed: " + answer.path("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    @Override
    public boolean crashed() {
        return crashed;
    }

    @Override
    public void killTab() {
        process.kill("--type=renderer");
    }

    @Override
    public BufferedImage screenshot() throws IOException, InterruptedException {
        JsonNode answer = call("Page.captureScreenshot", Map.of("format", "png"));
        byte[] png = Base64.getDecoder().decode(answer.path("data").asString());
        return ImageIO.read(new ByteArrayInputStream(png));
    }

    @Override
    public void close() {
        socket.close();
        process.close();
    }

    private JsonNode call(String method, Map<String, ?> parameters) throws IOException, InterruptedException {
        return socket.call(method, parameters, Map.of("sessionId", tab));
    }

    private void hear(JsonNode event) {
        if (!event.path("sessionId").asString("").equals(tab)) {
            return; // it belongs to an earlier tab
        }
        JsonNode told = event.path("params");
        switch (event.path("method").asString("")) {
            case "Inspector.targetCrashed" -> crashed = true;
            case "Page.loadEventFired" -> loaded.countDown();
            case "Runtime.exceptionThrown" -> complaints.add(told.toString());
            case "Runtime.consoleAPICalled" -> complain(told, told.path("type"));
            // a request that failed is among these
            case "Log.entryAdded" ->
                complain(told.path("entry"), told.path("entry").path("level"));
            default -> {} // there are many other events, and none of them is needed
        }
    }

    private void complain(JsonNode entry, JsonNode level) {
        if (level.asString("").equals("error")) {
            complaints.add(entry.toString());
        }
    }
}

package dev.flipbook.it.kit;

import static org.awaitility.Awaitility.await;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import tools.jackson.databind.JsonNode;

/** Firefox, over WebDriver BiDi: https://w3c.github.io/webdriver-bidi/. */
final class Firefox implements Browser {

    /**
     * Firefox asks its maker for a dozen things at the first start. A proxy that is not there ends them all; this machine is
     * asked without a proxy.
     */
    private static final Map<String, Object> PREFERENCES = Map.ofEntries(
            Map.entry("network.proxy.type", 1),
            Map.entry("network.proxy.http", "127.0.0.1"),
            Map.entry("network.proxy.http_port", 9),
            Map.entry("network.proxy.ssl", "127.0.0.1"),
            Map.entry("network.proxy.ssl_port", 9),
            Map.entry("network.proxy.no_proxies_on", FOREIGN),
            Map.entry("network.dns.localDomains", FOREIGN),
            Map.entry("network.captive-portal-service.enabled", false),
            Map.entry("network.connectivity-service.enabled", false),
            Map.entry("network.prefetch-next", false),
            Map.entry("app.update.enabled", false),
            Map.entry("app.normandy.enabled", false),
            Map.entry("browser.safebrowsing.malware.enabled", false),
            Map.entry("browser.safebrowsing.phishing.enabled", false),
            Map.entry("browser.shell.checkDefaultBrowser", false),
            Map.entry("browser.startup.homepage_override.mstone", "ignore"),
            Map.entry("browser.startup.page", 0),
            Map.entry("datareporting.policy.dataSubmissionEnabled", false),
            Map.entry("extensions.update.enabled", false),
            Map.entry("services.settings.server", "http://127.0.0.1:9/"),
            Map.entry("toolkit.telemetry.enabled", false));

    /** WebDriver's letters for keys that have none: https://www.w3.org/TR/webdriver2/#keyboard-actions. */
    private static final Map<String, String> KEYS = Map.of(
            "Tab", "\uE004",
            "Enter", "\uE007",
            "Escape", "\uE00C",
            "ArrowLeft", "\uE012",
            "ArrowUp", "\uE013",
            "ArrowRight", "\uE014",
            "ArrowDown", "\uE015");

    private final BrowserProcess process;
    private final BrowserSocket socket;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private volatile String tab = "";

    private Firefox(BrowserProcess process, URI address) throws IOException {
        this.process = process;
        this.socket = new BrowserSocket(address, this::hear);
    }

    static Firefox start(String program) throws IOException, InterruptedException {
        Path profile = BrowserProcess.newProfile();
        Files.writeString(profile.resolve("user.js"), preferences());
        BrowserProcess process = BrowserProcess.start(
                profile,
                List.of(
                        program,
                        "--headless",
                        "--no-remote",
                        "--profile",
                        profile.toString(),
                        "--remote-debugging-port=0"));
        try {
            JsonNode server = BrowserSocket.JSON.readTree(process.awaitFile("WebDriverBiDiServer.json", "}"));
            Firefox firefox = new Firefox(
                    process,
                    URI.create("ws://127.0.0.1:" + server.path("ws_port").asInt() + "/session"));
            firefox.socket.call("session.new", Map.of("capabilities", Map.of()));
            firefox.socket.call(
                    "session.subscribe", Map.of("events", List.of("log.entryAdded", "network.responseCompleted")));
            return firefox;
        } catch (IOException | InterruptedException | RuntimeException e) {
            process.close();
            throw e;
        }
    }

    private static String preferences() {
        return PREFERENCES.entrySet().stream()
                .map(one -> "user_pref(\"" + one.getKey() + "\", "
                        + BrowserSocket.JSON.writeValueAsString(one.getValue()) + ");\n")
                .collect(Collectors.joining());
    }

    @Override
    public void open(URI page, String script) throws IOException, InterruptedException {
        String before = tab;
        tab = socket.call("browsingContext.create", Map.of("type", "tab"))
                .path("context")
                .asString();
        complaints.clear();
        if (!before.isEmpty()) {
            socket.call("browsingContext.close", Map.of("context", before));
        }
        if (!script.isEmpty()) {
            String function = "() => { " + script + " }";
            socket.call("script.addPreloadScript", Map.of("functionDeclaration", function, "contexts", List.of(tab)));
        }
        socket.call("browsingContext.navigate", Map.of("context", tab, "url", page.toString(), "wait", "complete"));
    }

    @Override
    public void press(String key) throws IOException, InterruptedException {
        String value = KEYS.getOrDefault(key, key);
        List<Map<String, String>> strokes =
                List.of(Map.of("type", "keyDown", "value", value), Map.of("type", "keyUp", "value", value));
        Map<String, Object> keyboard = Map.of("type", "key", "id", "keyboard", "actions", strokes);
        socket.call("input.performActions", Map.of("context", tab, "actions", List.of(keyboard)));
    }

    @Override
    public void resize(int width, int height) throws IOException, InterruptedException {
        Map<String, Integer> viewport = Map.of("width", width, "height", height);
        socket.call("browsingContext.setViewport", Map.of("context", tab, "viewport", viewport));
    }

    @Override
    public void click(int x, int y, int times) throws IOException, InterruptedException {
        List<Map<String, Object>> moves = new ArrayList<>();
        moves.add(Map.of("type", "pointerMove", "x", x, "y", y));
        for (int i = 0; i < times; i++) {
            moves.add(Map.of("type", "pointerDown", "button", 0));
            moves.add(Map.of("type", "pointerUp", "button", 0));
        }
        Map<String, Object> mouse = Map.of("type", "pointer", "id", "mouse", "actions", moves);
        socket.call("input.performActions", Map.of("context", tab, "actions", List.of(mouse)));
    }

    @Override
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    private void hear(JsonNode event) {
        JsonNode told = event.path("params");
        boolean ours = told.path("context").asString("").equals(tab)
                || told.path("source").path("context").asString("").equals(tab);
        boolean failed = told.path("response").path("status").asInt(0) >= 400
                || told.path("level").asString("").equals("error");
        if (ours && failed) {
            complaints.add(
                    told.path("response").isObject() ? told.path("response").toString() : told.toString());
        }
    }

    @Override
    public JsonNode evaluate(String expression) throws IOException, InterruptedException {
        // as text, for BiDi describes values in a notation of its own
        String asText = "(async () => JSON.stringify(await (" + expression + ")) ?? 'null')()";
        JsonNode answer = socket.call(
                "script.evaluate",
                Map.of("expression", asText, "target", Map.of("context", tab), "awaitPromise", true));
        if (!answer.path("type").asString().equals("success")) {
            throw new IOException(expression + " failed: " + answer.path("exceptionDetails"));
        }
        return BrowserSocket.JSON.readTree(answer.path("result").path("value").asString());
    }

    /** BiDi has no word for it: a dead tab evaluates nothing. */
    @Override
    public boolean crashed() throws InterruptedException {
        try {
            return !evaluate("'alive'").asString().equals("alive");
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void killTab() {
        process.kill("tab");
    }

    /** Firefox refuses to capture a page whose frame, which another process draws, has not been drawn yet; then it is asked again. */
    @Override
    public BufferedImage screenshot() {
        return await().pollDelay(Duration.ZERO)
                .ignoreExceptionsMatching(e -> String.valueOf(e.getMessage()).contains("Unable to capture screenshot"))
                .until(this::captured, Objects::nonNull);
    }

    private BufferedImage captured() throws IOException, InterruptedException {
        JsonNode answer = socket.call("browsingContext.captureScreenshot", Map.of("context", tab));
        return ImageIO.read(new ByteArrayInputStream(
                Base64.getDecoder().decode(answer.path("data").asString())));
    }

    @Override
    public void close() {
        socket.close();
        process.close();
    }
}

package dev.flipbook.live;

import static org.bytedeco.ffmpeg.global.avdevice.avdevice_free_list_devices;
import static org.bytedeco.ffmpeg.global.avdevice.avdevice_list_input_sources;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.Ffmpeg;
import dev.flipbook.ffmpeg.PictureEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.bytedeco.ffmpeg.avdevice.AVDeviceInfo;
import org.bytedeco.ffmpeg.avdevice.AVDeviceInfoList;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.Pointer;

/**
 * Opens the devices that FFmpeg supports: X11 screens, and the cameras of macOS and Windows, which have not been tried.
 * Linux cameras are read without FFmpeg. Thread-safe.
 */
public final class Devices implements FrameSourceProvider {

    private static final String SCREEN = "screen";
    private static final String FIRST_CAMERA = "webcam";

    /** Default frame rate of a screen: typed text appears quickly enough, and the encoding costs little CPU time. */
    private static final int SCREEN_FPS = 10;

    /**
     * Default frame rate of a camera. On macOS a camera must be asked for a rate that it supports, and all support this
     * one.
     */
    private static final int CAMERA_FPS = 30;

    private final Map<String, String> environment;
    private final String cameras;

    /** Called by the service loader. */
    public Devices() {
        this(System.getProperty("os.name", ""), System.getenv());
    }

    /** @param os the operating system's name in Java */
    Devices(String os, Map<String, String> environment) {
        this.environment = environment;
        String name = os.toLowerCase(Locale.ROOT);
        cameras = name.startsWith("mac") ? "avfoundation" : name.startsWith("windows") ? "dshow" : "";
    }

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) throws IOException {
        if (source.equals(SCREEN) || source.startsWith(SCREEN + ":")) {
            return Optional.of(screen(source.substring(Math.min(source.length(), SCREEN.length() + 1)), options));
        }
        if (cameras.isEmpty() || source.isBlank() || source.matches(".*[/\\\\].*|-")) {
            return Optional.empty();
        }
        return list().stream()
                .filter(named(source))
                .findFirst()
                .map(camera -> video(camera(camera, options), camera.name(), options));
    }

    private FrameSource screen(String named, SourceOptions options) throws IOException {
        String display = named.isEmpty() ? environment.getOrDefault("DISPLAY", "") : named;
        if (display.matches("\\d+(\\.\\d+)?")) {
            display = ":" + display; // people know a screen by its number
        }
        if (display.isEmpty()) {
            throw new IOException(
                    "there is no screen here: DISPLAY is not set; name an X11 screen, as in screen::0 for the first");
        }
        int fps = options.fps() == 0 ? SCREEN_FPS : options.fps();
        // With draw_mouse, FFmpeg asks the X server for more than pixels, and so notices that the screen has gone.
        // Otherwise the last picture would be shown forever.
        Map<String, String> x11 = Map.of("framerate", Integer.toString(fps), "draw_mouse", "1");
        Device device = new Device("the screen " + display, display, "x11grab", x11);
        return video(device, "the screen " + display, options);
    }

    private Device camera(Camera camera, SourceOptions options) {
        boolean mac = cameras.equals("avfoundation");
        int fps = options.fps() == 0 ? CAMERA_FPS : options.fps();
        return new Device(
                camera.name(),
                mac ? camera.id() + ":none" : "video=" + camera.id(),
                cameras,
                mac ? Map.of("framerate", Integer.toString(fps)) : Map.of());
    }

    private static FrameSource video(LiveOrigin origin, String description, SourceOptions options) {
        return new LiveVideo(origin, description, options, Ticker.system(), PictureEncoder.Kind::best);
    }

    private static Predicate<Camera> named(String text) {
        String part = text.toLowerCase(Locale.ROOT);
        return camera -> part.equals(FIRST_CAMERA)
                || camera.id().equals(text)
                || camera.name().toLowerCase(Locale.ROOT).contains(part);
    }

    @Override
    public List<Camera> cameras() {
        if (cameras.isEmpty()) {
            return List.of();
        }
        try {
            return list();
        } catch (IOException e) {
            System.getLogger("dev.flipbook.capture")
                    .log(System.Logger.Level.WARNING, "no cameras can be listed: {0}", e.getMessage());
            return List.of();
        }
    }

    private List<Camera> list() throws IOException {
        Ffmpeg.loadDevices();
        AVInputFormat format = av_find_input_format(cameras);
        AVDeviceInfoList devices = new AVDeviceInfoList((Pointer) null);
        List<Camera> found = new ArrayList<>();
        try {
            int count = avdevice_list_input_sources(format, (String) null, (AVDictionary) null, devices);
            for (int i = 0; i < count; i++) {
                AVDeviceInfo device = devices.devices(i);
                if (hasPictures(device)) {
                    String name = device.device_description().getString(StandardCharsets.UTF_8);
                    String id = device.device_name().getString(StandardCharsets.UTF_8);
                    found.add(new Camera(name, name, id, List.of()));
                }
            }
        } finally {
            avdevice_free_list_devices(devices);
        }
        return found;
    }

    private static boolean hasPictures(AVDeviceInfo device) {
        int kinds = device.nb_media_types();
        for (int i = 0; i < kinds; i++) {
            if (device.media_types().get(i) == AVMEDIA_TYPE_VIDEO) {
                return true;
            }
        }
        return kinds == 0; // the device does not say
    }

    @Override
    public String form() {
        return "screen";
    }

    /** A device with FFmpeg's name and options for it. */
    private record Device(String name, String address, String demuxer, Map<String, String> options)
            implements LiveOrigin {

        @Override
        public List<String> addresses() throws IOException {
            Ffmpeg.loadDevices();
            return List.of(address);
        }

        @Override
        public IOException failure(int code, boolean opened) {
            return new IOException(
                    opened ? name + " has gone" : name + " cannot be opened: it is not there, or not for this user");
        }
    }
}

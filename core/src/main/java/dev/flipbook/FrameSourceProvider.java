package dev.flipbook;

import dev.flipbook.text.Secrets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.StringJoiner;

/**
 * A kind of source. Providers are found by {@link ServiceLoader}: a jar on the class path that names its provider in
 * {@code META-INF/services/dev.flipbook.FrameSourceProvider} adds a kind.
 */
public interface FrameSourceProvider {

    /**
     * The source that this text stands for, not opened yet; empty when the text is not of this kind.
     *
     * @throws IOException when the text is of this kind but there is no such source, such as a missing file; the
     *     message is for the user
     */
    Optional<FrameSource> open(String source, SourceOptions options) throws IOException;

    /**
     * What a text of this kind looks like, for error messages: {@code a video file}; empty where this machine cannot
     * have this kind.
     */
    String form();

    /**
     * When this provider is asked: a provider with a lower order is asked first, and the first that knows a text opens
     * its source. The default is 100. The built-in sources have 0, so a provider with a negative order can replace
     * {@code demo}, or any other of them.
     */
    default int order() {
        return 100;
    }

    /** The cameras of this kind that the machine has now. None of them is kept open. */
    default List<Camera> cameras() {
        return List.of();
    }

    /**
     * A camera that was found.
     *
     * @param name for people: {@code HD Pro Webcam C920}
     * @param source the SOURCE text that shows it: {@code /dev/video0}
     * @param id by which the camera is recognised in another socket or after a restart; empty when there is none
     * @param formats what the camera offers, one line for each format with its sizes and rates, or the reason why that
     *     is unknown
     */
    record Camera(String name, String source, String id, List<String> formats) {
        public Camera {
            formats = List.copyOf(formats);
        }
    }

    /** All cameras of all kinds. */
    static List<Camera> allCameras() {
        List<Camera> all = new ArrayList<>();
        for (FrameSourceProvider provider : providers()) {
            all.addAll(provider.cameras());
        }
        return all;
    }

    /** The providers by their order; those with the same order as they are found. */
    private static List<FrameSourceProvider> providers() {
        List<FrameSourceProvider> all = new ArrayList<>();
        ServiceLoader.load(FrameSourceProvider.class).forEach(all::add);
        all.sort(Comparator.comparingInt(FrameSourceProvider::order));
        return all;
    }

    /** The source of the first provider that knows this text. */
    static FrameSource find(String source, SourceOptions options) throws IOException {
        StringJoiner forms = new StringJoiner(", ");
        for (FrameSourceProvider provider : providers()) {
            Optional<FrameSource> found = provider.open(source, options);
            if (found.isPresent()) {
                return found.get();
            }
            String form = provider.form();
            if (!form.isEmpty()) {
                forms.add(form);
            }
        }
        throw new IOException("there is no source '" + Secrets.hideInAddress(source) + "'; "
                + (forms.length() == 0
                        ? "the class path has no kinds of sources, such as flipbook-sources brings"
                        : "a source is one of: " + forms));
    }
}

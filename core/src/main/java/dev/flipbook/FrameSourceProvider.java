package dev.flipbook;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.StringJoiner;

/**
 * A kind of source, found by {@link ServiceLoader}: a jar on the class path that names its provider in {@code
 * META-INF/services/dev.flipbook.FrameSourceProvider} adds a kind.
 */
public interface FrameSourceProvider {

    /**
     * The source that this text stands for, not opened yet; empty when the text is not of this kind.
     *
     * @throws IOException when the text is of this kind and no source can come of it, such as a file that is not there; the
     *     message is for the user
     */
    Optional<FrameSource> open(String source, SourceOptions options) throws IOException;

    /** What a text of this kind looks like, for messages: {@code a video file}; empty where this machine can have none of it. */
    String form();

    /** The cameras of this kind that this machine has now; none is kept open. */
    default List<Camera> cameras() {
        return List.of();
    }

    /**
     * A camera that was found.
     *
     * @param name for people: {@code HD Pro Webcam C920}
     * @param source the SOURCE text that shows it: {@code /dev/video0}
     * @param id by which it is known again on another plug or after a restart; empty when there is none
     * @param formats what it offers, a line for each format with its sizes and rates, or why that cannot be told
     */
    record Camera(String name, String source, String id, List<String> formats) {
        public Camera {
            formats = List.copyOf(formats);
        }
    }

    /** Every camera of every kind. */
    static List<Camera> allCameras() {
        List<Camera> all = new ArrayList<>();
        for (FrameSourceProvider provider : providers()) {
            all.addAll(provider.cameras());
        }
        return all;
    }

    /** Those of this module, then the others, those of one jar in its order. */
    private static List<FrameSourceProvider> providers() {
        String own = FrameSourceProvider.class.getPackageName() + ".source.";
        List<FrameSourceProvider> all = new ArrayList<>();
        ServiceLoader.load(FrameSourceProvider.class).forEach(all::add);
        all.sort(Comparator.comparing(provider -> !provider.getClass().getName().startsWith(own)));
        return all;
    }

    /** Asks every provider in turn. */
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
        throw new IOException("there is no source '" + shown(source) + "'; a source is one of: " + forms);
    }

    /** Without the password and the query of an address, whose kind may be misspelt. */
    private static String shown(String source) {
        return source.replaceFirst("(?s)://.*@", "://***@").replaceFirst("(?s)(://[^?]*)\\?.*", "$1?***");
    }
}

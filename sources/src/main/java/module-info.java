import dev.flipbook.FrameSourceProvider;
import dev.flipbook.source.BuiltInSources;

/**
 * The sources that need the JDK alone: the emulated camera and the test pattern, folders and pictures, other web
 * servers, and commands. {@link java.util.ServiceLoader} finds them; only a command is made by name.
 */
@org.jspecify.annotations.NullMarked
module dev.flipbook.sources {
    requires transitive dev.flipbook;
    requires static org.jspecify;

    exports dev.flipbook.command;

    provides FrameSourceProvider with
            BuiltInSources;
}

package dev.flipbook.origin;

import dev.flipbook.Frame;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.picture.PictureFrames;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Supplier;

/** A picture that a program has published and that is not a JPEG yet. */
@FunctionalInterface
interface Draft {

    /** The tools that make JPEGs. One thread at a time uses them. */
    interface Tools {

        /** Makes JPEGs from pixels. */
        JpegEncoder encoder();

        /** Makes JPEGs from picture files. */
        PictureFrames files();
    }

    /** A draft of the program's own image, with what is in it by the time that it is encoded. */
    static Draft of(BufferedImage image) {
        return tools -> encoded(image, tools);
    }

    /** A draft of an image that is drawn when it is needed. */
    static Draft of(Supplier<BufferedImage> image) {
        return new Draft() {
            @Override
            public Frame encode(Tools tools) {
                return encoded(
                        Objects.requireNonNull(image.get(), "the program drew nothing: its supplier gave null"), tools);
            }

            @Override
            public boolean drawnWhenAsked() {
                return true;
            }
        };
    }

    private static Frame encoded(BufferedImage image, Tools tools) {
        return Frame.of(Canvas.of(image).encode(tools.encoder(), JpegEncoder.QUALITY));
    }

    /**
     * Makes a JPEG of the draft. Its bytes are valid until the tools are used again. What this throws is shown to
     * viewers.
     */
    Frame encode(Tools tools) throws IOException;

    /**
     * Whether the picture is drawn when it is asked for, so that its capture time is that moment and not the time of
     * the publish.
     */
    default boolean drawnWhenAsked() {
        return false;
    }

    /** Gives back the memory of the draft, which is not needed any more. */
    default void done() {}
}

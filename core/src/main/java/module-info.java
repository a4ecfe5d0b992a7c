/**
 * The vocabulary of Flipbook: frames, sources, feeds, viewers, and the multipart wire format. It needs the JDK alone
 * and opens no server socket.
 */
@org.jspecify.annotations.NullMarked
module dev.flipbook {
    // Needed to publish a BufferedImage and to draw placeholders. Without the module, neither works.
    requires static transitive java.desktop;
    requires static org.jspecify;

    exports dev.flipbook;
    exports dev.flipbook.feed;
    exports dev.flipbook.image;
    exports dev.flipbook.jpeg;
    exports dev.flipbook.mjpeg;
    exports dev.flipbook.picture;
    exports dev.flipbook.testing;
    exports dev.flipbook.text;
    exports dev.flipbook.time;
    exports dev.flipbook.web;

    uses dev.flipbook.FrameSourceProvider;
    uses dev.flipbook.image.JpegEncoder;
    uses dev.flipbook.image.VariantMaker;
    uses dev.flipbook.picture.PictureDecoder;
}

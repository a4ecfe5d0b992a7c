package dev.flipbook.ffmpeg;

import static org.bytedeco.ffmpeg.global.avfilter.AV_BUFFERSRC_FLAG_KEEP_REF;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersrc_add_frame_flags;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_get_by_name;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_create_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_parse_ptr;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_strdup;

import java.io.IOException;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Converts the decoder's pictures for an encoder, with FFmpeg's filters. Made for one {@link PictureShape}. Used by the
 * source thread only.
 */
public final class Conversion implements AutoCloseable {

    private final AVFilterGraph graph;
    private final AVFrame converted;
    private AVFilterContext input = new AVFilterContext((Pointer) null);
    private AVFilterContext output = new AVFilterContext((Pointer) null);

    private Conversion() throws IOException {
        graph = Ffmpeg.allocated(avfilter_graph_alloc());
        converted = Ffmpeg.allocated(av_frame_alloc());
    }

    /**
     * Opens a conversion of pictures of this shape.
     *
     * @param filters in FFmpeg's syntax, such as {@code hflip,format=yuvj420p}
     */
    public static Conversion open(PictureShape from, String filters) throws IOException {
        Conversion conversion = new Conversion();
        try {
            conversion.connect(from, filters);
            return conversion;
        } catch (IOException | RuntimeException e) {
            conversion.close();
            throw e;
        }
    }

    private void connect(PictureShape from, String filters) throws IOException {
        graph.nb_threads(1); // more threads cost CPU time and gain none, because the next picture is not due yet
        String pictures = "video_size=" + from.width() + "x" + from.height() + ":pix_fmt=" + from.format()
                + ":time_base=1/1000:colorspace=" + from.colours().matrix() + ":range="
                + from.colours().range();
        input = filter("buffer", "in", pictures);
        output = filter("buffersink", "out", "");
        AVFilterInOut begins = end("in", input);
        AVFilterInOut ends = end("out", output);
        try {
            int parsed = avfilter_graph_parse_ptr(graph, filters, ends, begins, null);
            Ffmpeg.check(parsed, "pictures cannot be converted (" + filters + ")");
        } finally {
            avfilter_inout_free(begins);
            avfilter_inout_free(ends);
        }
        Ffmpeg.check(avfilter_graph_config(graph, null), "pictures cannot be converted (" + filters + ")");
    }

    private AVFilterContext filter(String kind, String name, String options) throws IOException {
        AVFilterContext made = new AVFilterContext((Pointer) null);
        int code = avfilter_graph_create_filter(made, avfilter_get_by_name(kind), name, options, null, graph);
        Ffmpeg.check(code, "pictures cannot be converted (" + kind + " " + options + ")");
        return made;
    }

    private static AVFilterInOut end(String name, AVFilterContext filter) throws IOException {
        try (BytePointer text = new BytePointer(name)) {
            return Ffmpeg.allocated(avfilter_inout_alloc())
                    .name(av_strdup(text))
                    .filter_ctx(filter)
                    .pad_idx(0);
        }
    }

    /**
     * Converts a picture. Only for filters that need no other picture.
     *
     * @return the result, valid until the next call
     */
    public AVFrame apply(AVFrame picture) throws IOException {
        put(picture);
        av_frame_unref(converted);
        Ffmpeg.check(av_buffersink_get_frame(output, converted), "a picture cannot be converted");
        return converted;
    }

    /** Passes a picture to the filters. One or no picture may come out. */
    void put(AVFrame picture) throws IOException {
        int put = av_buffersrc_add_frame_flags(input, picture, AV_BUFFERSRC_FLAG_KEEP_REF);
        Ffmpeg.check(put, "a picture cannot be converted");
    }

    /** Tells the filters that no picture follows. */
    void end() throws IOException {
        int put = av_buffersrc_add_frame_flags(input, (AVFrame) null, 0);
        Ffmpeg.check(put, "the last picture cannot be converted");
    }

    /**
     * Takes a picture that has come out of the filters.
     *
     * @return false if there is none
     */
    boolean take(AVFrame into) {
        av_frame_unref(into);
        return av_buffersink_get_frame(output, into) >= 0;
    }

    @Override
    public void close() {
        av_frame_free(converted);
        avfilter_graph_free(graph);
    }
}

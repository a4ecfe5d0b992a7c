package dev.flipbook.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_ALPHA;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_PAL8;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import dev.flipbook.SourceOptions;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.Orientation;
import java.io.IOException;
import java.util.StringJoiner;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Everything that determines how a decoded picture becomes a JPEG. The shape may change from one picture of a file to
 * the next. Immutable.
 *
 * @param format FFmpeg's pixel format
 * @param colours meaning of the samples
 * @param turn the turn that makes the picture upright, followed by the requested one
 * @param pixelAspect width of a pixel divided by its height
 */
public record PictureShape(int width, int height, int format, Colours colours, Orientation turn, double pixelAspect) {

    private static final long MATRIX_BYTES = 9 * Integer.BYTES;

    /**
     * The shape of a picture in memory or in a picture file.
     *
     * @param turn the requested turn, in addition to the picture's own
     */
    public static PictureShape of(AVFrame picture, Orientation turn) {
        return of(picture, turn, picture.sample_aspect_ratio(), false);
    }

    /**
     * The shape of a picture of a video.
     *
     * @param turn the requested turn, in addition to the picture's own
     * @param pixelAspect the file's value, which may be better than the picture's
     */
    static PictureShape ofVideo(AVFrame picture, Orientation turn, AVRational pixelAspect) {
        return of(picture, turn, pixelAspect, true);
    }

    private static PictureShape of(AVFrame picture, Orientation turn, AVRational pixelAspect, boolean video) {
        return new PictureShape(
                picture.width(),
                picture.height(),
                picture.format(),
                Colours.of(picture, video),
                upright(picture).then(turn),
                aspect(pixelAspect));
    }

    /** Width of a pixel divided by its height, or 1 if it is not known. */
    static double aspect(AVRational ratio) {
        double aspect = ratio.num() <= 0 || ratio.den() <= 0 ? 1 : (double) ratio.num() / ratio.den();
        return aspect < 0.25 || aspect > 4 ? 1 : aspect; // other values are mistakes
    }

    /**
     * The turn that makes the picture upright. The turn comes from the file, or from Exif inside a JPEG; FFmpeg stores
     * both in one matrix.
     */
    private static Orientation upright(AVFrame picture) {
        AVFrameSideData matrix = av_frame_get_side_data(picture, AV_FRAME_DATA_DISPLAYMATRIX);
        return matrix == null || matrix.isNull() ? Orientation.UPRIGHT : turn(matrix.data(), matrix.size());
    }

    /**
     * The quarter turn, with or without mirroring, that is nearest to a display matrix of FFmpeg's. By this matrix, a file
     * says how its pictures must be turned or mirrored to be upright.
     *
     * @param data nine numbers, row by row
     * @return upright if there are too few bytes
     */
    public static Orientation turn(Pointer data, long bytes) {
        if (bytes < MATRIX_BYTES) {
            return Orientation.UPRIGHT;
        }
        IntPointer matrix = new IntPointer(data);
        int a = matrix.get(0);
        int b = matrix.get(1);
        int c = matrix.get(3);
        int d = matrix.get(4);
        if (Math.abs((long) a) >= Math.abs((long) b)) {
            return Orientation.ofExif(a < 0 ? d < 0 ? 3 : 2 : d < 0 ? 4 : 1);
        }
        return Orientation.ofExif(b > 0 ? c > 0 ? 5 : 6 : c < 0 ? 7 : 8);
    }

    /** FFmpeg's filter for the turn. A filter that only makes rows be read from last to first is followed by a copy. */
    private String turnFilter() {
        return switch (turn.exif()) {
            case 2 -> "hflip";
            case 3 -> "hflip,vflip,copy";
            case 4 -> "vflip,copy";
            case 5 -> "transpose=cclock_flip";
            case 6 -> "transpose=clock";
            case 7 -> "transpose=clock_flip";
            case 8 -> "transpose=cclock";
            default -> "";
        };
    }

    /** The layout for JPEGs that is nearest to the original's. */
    PixelLayout subsampling() {
        PixelLayout nearest = PixelLayout.nearest(format, about());
        return turn.swapsSides() && nearest == PixelLayout.YUV422
                ? PixelLayout.YUV420
                : nearest; // there is no layout for 4:4:0
    }

    /**
     * The layout that costs the least conversion. Pictures with another matrix are converted to RGB, from which the
     * encoder makes BT.601 by itself.
     */
    PixelLayout bestLayout() {
        boolean planes = colours.isBeyondJpeg()
                || (!PixelLayout.isRgb(about()) && !isTransparent() && colours.isBt601())
                || subsampling() == PixelLayout.GRAY;
        return planes ? subsampling() : PixelLayout.BGRX;
    }

    /**
     * FFmpeg's filters that convert a picture to this layout, upright, with square pixels and in the requested size;
     * empty if none are needed.
     */
    public String filters(PixelLayout layout, SourceOptions options) throws IOException {
        StringJoiner filters = new StringJoiner(",");
        String size = size(options);
        if (isTransparent()) { // multiplies each colour by its opacity, which puts the picture on black
            filters.add(colours.isBeyondJpeg() ? "format=gbrap16" : "format=gbrap")
                    .add("premultiply=inplace=1");
        }
        if (colours.isBeyondJpeg()) {
            filters.add(mapped(layout, size));
        } else if (isTransparent() || !size.isEmpty() || !isCloseTo(layout)) {
            filters.add("scale=" + size + into(layout, colours.isBt601() && !isTransparent()));
        } else if (layout.isYuv() && !colours.widened().isEmpty()) {
            filters.add(colours.widened());
        }
        if (!turnFilter().isEmpty()) {
            filters.add(turnFilter());
        }
        return filters.toString();
    }

    /** Whether at most the range must be changed. zimg can do that only if both sides are even. */
    private boolean isCloseTo(PixelLayout layout) {
        boolean changes =
                layout.isYuv() && (!colours.isBt601() || (!colours.widened().isEmpty() && !isEven()));
        return layout.isOf(format) && !changes;
    }

    /**
     * The filters for colours beyond a JPEG's. The size is changed first, because mapping costs time for each pixel.
     */
    private String mapped(PixelLayout layout, String size) {
        boolean planes = layout.isYuv() && isEven() && size.isEmpty();
        String sized = size.isEmpty() ? "" : "scale=" + size + ",";
        String rgb = isTransparent() || planes ? "" : "format=gbrp16,";
        String mapped = (planes && !isTransparent() ? colours : colours.asRgb()).mapped(planes);
        return sized + rgb + mapped + (planes ? ",format=" + layout.filter : ",scale=" + into(layout, false));
    }

    /** The options of the scale filter, after the size, for this layout. */
    private static String into(PixelLayout layout, boolean isBt601) {
        String full = layout.isYuv() ? "out_range=full" + (isBt601 ? "" : ":out_color_matrix=bt601") : "";
        return full + ",format=" + layout.filter;
    }

    private boolean isEven() {
        return width % 2 == 0 && height % 2 == 0;
    }

    /** Whether the picture has transparent parts. */
    private boolean isTransparent() {
        return format == AV_PIX_FMT_PAL8 || (about().flags() & AV_PIX_FMT_FLAG_ALPHA) != 0;
    }

    private String size(SourceOptions options) throws IOException {
        boolean turned = turn.swapsSides();
        int wantedWidth = turned ? options.height() : options.width();
        int wantedHeight = turned ? options.width() : options.height();
        if (wantedWidth == 0) {
            wantedWidth = (int) Math.round(width * Math.max(1, pixelAspect));
            wantedHeight = (int) Math.round(height / Math.min(1, pixelAspect));
        }
        if ((long) wantedWidth * wantedHeight > Jpeg.MAX_PIXELS) {
            throw new IOException("the pictures have " + wantedWidth + "x" + wantedHeight + " pixels; at most "
                    + Jpeg.MAX_PIXELS + " in all are shown");
        }
        boolean same = wantedWidth == width && wantedHeight == height;
        return same ? "" : "w=" + wantedWidth + ":h=" + wantedHeight + ":";
    }

    private AVPixFmtDescriptor about() {
        return av_pix_fmt_desc_get(format);
    }
}

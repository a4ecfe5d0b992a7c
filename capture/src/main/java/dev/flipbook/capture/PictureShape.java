package dev.flipbook.capture;

import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_ALPHA;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_PAL8;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import dev.flipbook.SourceOptions;
import dev.flipbook.mjpeg.Jpeg;
import dev.flipbook.mjpeg.Orientation;
import java.io.IOException;
import java.util.StringJoiner;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * All that decides how a decoded picture becomes a JPEG. It may change from one picture of a file to the next. Immutable.
 *
 * @param format FFmpeg's pixel format
 * @param colours what its samples stand for
 * @param turn what sets the picture upright, and then what is asked for
 * @param pixelAspect how much wider than high a pixel is
 */
record PictureShape(int width, int height, int format, Colours colours, Orientation turn, double pixelAspect) {

    /**
     * A picture that lies in memory or in a picture file.
     *
     * @param turn what is asked for, besides what the picture says of itself
     */
    static PictureShape of(AVFrame picture, Orientation turn) {
        return of(picture, turn, picture.sample_aspect_ratio(), false);
    }

    /**
     * A picture of a video.
     *
     * @param turn as above
     * @param pixelAspect as the file has it, which may know better than the picture
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

    /** How much wider than high a pixel is. */
    static double aspect(AVRational ratio) {
        double aspect = ratio.num() <= 0 || ratio.den() <= 0 ? 1 : (double) ratio.num() / ratio.den();
        return aspect < 0.25 || aspect > 4 ? 1 : aspect; // beyond that it is a mistake
    }

    /** What sets the picture upright, as its file says it, or else Exif inside a JPEG: FFmpeg puts both into one matrix. */
    private static Orientation upright(AVFrame picture) {
        AVFrameSideData matrix = av_frame_get_side_data(picture, AV_FRAME_DATA_DISPLAYMATRIX);
        return matrix == null || matrix.isNull()
                ? Orientation.UPRIGHT
                : DisplayMatrix.turn(matrix.data(), matrix.size());
    }

    /** FFmpeg's filter for the turn; where rows would be read from the last to the first, with a copy in their order. */
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

    /** The layout of the original, as near as JPEGs come to it. */
    PixelLayout subsampling() {
        PixelLayout nearest = PixelLayout.nearest(format, about());
        return turn.swapsSides() && nearest == PixelLayout.YUV422
                ? PixelLayout.YUV420
                : nearest; // there is no 440 layout
    }

    /** The layout that is cheapest to come to: other matrices become RGB, from which the encoder makes BT.601 itself. */
    PixelLayout bestLayout() {
        boolean planes = colours.isBeyondJpeg()
                || (!PixelLayout.isRgb(about()) && !isTransparent() && colours.isBt601())
                || subsampling() == PixelLayout.GRAY;
        return planes ? subsampling() : PixelLayout.BGRX;
    }

    /** FFmpeg's filters that lead to this layout, upright, in square pixels and in the size that is asked for; empty if none. */
    String filters(PixelLayout layout, SourceOptions options) throws IOException {
        StringJoiner filters = new StringJoiner(",");
        String size = size(options);
        if (isTransparent()) { // each colour as far as it is opaque: that is the picture on black
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

    /** Whether at most its range has to be changed, which zimg can do where the planes of colour fit the size evenly. */
    private boolean isCloseTo(PixelLayout layout) {
        boolean changes =
                layout.isYuv() && (!colours.isBt601() || (!colours.widened().isEmpty() && !isEven()));
        return layout.isOf(format) && !changes;
    }

    /** The filters for colours that are beyond a JPEG's. The size comes first: the fewer pixels are mapped the better. */
    private String mapped(PixelLayout layout, String size) {
        boolean planes = layout.isYuv() && isEven() && size.isEmpty();
        String sized = size.isEmpty() ? "" : "scale=" + size + ",";
        String rgb = isTransparent() || planes ? "" : "format=gbrp16,";
        String mapped = (planes && !isTransparent() ? colours : colours.asRgb()).mapped(planes);
        return sized + rgb + mapped + (planes ? ",format=" + layout.filter : ",scale=" + into(layout, false));
    }

    /** What stands behind {@code scale=} and the size to come into this layout. */
    private static String into(PixelLayout layout, boolean isBt601) {
        String full = layout.isYuv() ? "out_range=full" + (isBt601 ? "" : ":out_color_matrix=bt601") : "";
        return full + ",format=" + layout.filter;
    }

    private boolean isEven() {
        return width % 2 == 0 && height % 2 == 0;
    }

    /** Whether its colours are to be seen only as far as they are opaque. */
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

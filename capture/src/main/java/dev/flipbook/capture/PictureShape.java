package dev.flipbook.capture;

import static org.bytedeco.ffmpeg.global.avfilter.avfilter_get_by_name;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_NCL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT470BG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_FCC;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE170M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE240M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ422P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ444P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import dev.flipbook.SourceOptions;
import dev.flipbook.mjpeg.Jpeg;
import dev.flipbook.mjpeg.Orientation;
import java.io.IOException;
import java.util.Set;
import java.util.StringJoiner;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.IntPointer;

/**
 * All that decides how a decoded picture becomes a JPEG. It may change from one picture of a file to the next. Immutable.
 *
 * @param format FFmpeg's pixel format
 * @param range FFmpeg's colour range
 * @param colorspace FFmpeg's matrix; not said means BT.601, as FFmpeg's own conversions take it
 * @param turn what sets the picture upright, and then what is asked for
 * @param pixelAspect how much wider than high a pixel is
 */
record PictureShape(
        int width, int height, int format, int range, int colorspace, Orientation turn, double pixelAspect) {

    /** Widens the range of samples. zimg takes 0.6 ms for 1080p, FFmpeg's table 1.5; a build may be without zimg. */
    private static final String WIDEN_RANGE = avfilter_get_by_name("zscale") != null
            ? "zscale=rangein=limited:range=full"
            // rounded to the nearest, as the table is made of whole numbers by cutting off
            : "lutyuv=y=clip((val-16)*255/219+0.5\\,0\\,255)"
                    + ":u=clip((val-128)*255/224+128.5\\,0\\,255):v=clip((val-128)*255/224+128.5\\,0\\,255)";

    /** What FFmpeg's conversions can read. Anything else, which damage may bring, is set to "not said" in the picture too. */
    private static final Set<Integer> KNOWN_MATRICES = Set.of(
            AVCOL_SPC_RGB,
            AVCOL_SPC_BT709,
            AVCOL_SPC_FCC,
            AVCOL_SPC_BT470BG,
            AVCOL_SPC_SMPTE170M,
            AVCOL_SPC_SMPTE240M,
            AVCOL_SPC_BT2020_NCL);

    /** @param turn what is asked for, besides what the picture says of itself */
    static PictureShape of(AVFrame picture, Orientation turn) {
        int matrix = picture.colorspace();
        boolean rgb = PixelLayout.isRgb(av_pix_fmt_desc_get(picture.format()));
        if (!KNOWN_MATRICES.contains(matrix) || (matrix == AVCOL_SPC_RGB && !rgb)) {
            picture.colorspace(AVCOL_SPC_UNSPECIFIED);
        }
        return new PictureShape(
                picture.width(),
                picture.height(),
                picture.format(),
                picture.color_range(),
                picture.colorspace(),
                upright(picture).then(turn),
                aspect(picture.sample_aspect_ratio()));
    }

    private static double aspect(AVRational ratio) {
        double aspect = ratio.num() <= 0 || ratio.den() <= 0 ? 1 : (double) ratio.num() / ratio.den();
        return aspect < 0.25 || aspect > 4 ? 1 : aspect; // beyond that it is a mistake
    }

    /** The nearest quarter turn, and mirroring, that the picture's display matrix asks for. */
    private static Orientation upright(AVFrame picture) {
        AVFrameSideData data = av_frame_get_side_data(picture, AV_FRAME_DATA_DISPLAYMATRIX);
        if (data == null || data.isNull() || data.size() < 9 * Integer.BYTES) {
            return Orientation.UPRIGHT;
        }
        IntPointer matrix = new IntPointer(data.data());
        int a = matrix.get(0);
        int b = matrix.get(1);
        int c = matrix.get(3);
        int d = matrix.get(4);
        if (Math.abs((long) a) >= Math.abs((long) b)) {
            return Orientation.ofExif(a < 0 ? d < 0 ? 3 : 2 : d < 0 ? 4 : 1);
        }
        return Orientation.ofExif(b > 0 ? c > 0 ? 5 : 6 : c < 0 ? 7 : 8);
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
        boolean planes = !PixelLayout.isRgb(about()) && (isBt601() || subsampling() == PixelLayout.GRAY);
        return planes ? subsampling() : PixelLayout.BGRX;
    }

    /** FFmpeg's filters that lead to this layout, upright, in square pixels and in the size that is asked for; empty if none. */
    String filters(PixelLayout layout, SourceOptions options) throws IOException {
        StringJoiner filters = new StringJoiner(",");
        String size = size(options);
        if (!layout.isOf(format) || !size.isEmpty()) {
            filters.add("scale=" + size
                    + (layout.isYuv() ? "out_range=full" + (isBt601() ? "" : ":out_color_matrix=bt601") : ""));
            filters.add("format=" + layout.filter);
        } else if (layout.isYuv() && !isBt601()) {
            filters.add("scale=out_range=full:out_color_matrix=bt601,format=" + layout.filter);
        } else if (layout.isYuv() && !isFullRange()) {
            filters.add(WIDEN_RANGE);
        }
        if (!turnFilter().isEmpty()) {
            filters.add(turnFilter());
        }
        return filters.toString();
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

    private boolean isBt601() {
        return colorspace == AVCOL_SPC_UNSPECIFIED
                || colorspace == AVCOL_SPC_BT470BG
                || colorspace == AVCOL_SPC_SMPTE170M;
    }

    private boolean isFullRange() {
        return range == AVCOL_RANGE_JPEG
                || format == AV_PIX_FMT_YUVJ420P
                || format == AV_PIX_FMT_YUVJ422P
                || format == AV_PIX_FMT_YUVJ444P;
    }

    private AVPixFmtDescriptor about() {
        return av_pix_fmt_desc_get(format);
    }
}

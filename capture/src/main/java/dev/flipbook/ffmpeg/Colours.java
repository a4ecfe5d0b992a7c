package dev.flipbook.ffmpeg;

import static org.bytedeco.ffmpeg.global.avfilter.avfilter_get_by_name;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_BT2020;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_SMPTE431;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_SMPTE432;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_NCL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT470BG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_FCC;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE170M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE240M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_ARIB_STD_B67;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_SMPTE2084;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_CONTENT_LIGHT_LEVEL;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_MASTERING_DISPLAY_METADATA;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ422P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ444P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import java.util.Set;
import org.bytedeco.ffmpeg.avutil.AVContentLightMetadata;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVMasteringDisplayMetadata;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;

/**
 * The meaning of the samples of a decoded picture. A JPEG is BT.601 in full range with the colours of sRGB, so anything
 * else is converted. Immutable.
 *
 * @param matrix FFmpeg's {@code AVCOL_SPC_…}; unspecified means BT.601
 * @param range FFmpeg's {@code AVCOL_RANGE_…}
 * @param fullRange whether the samples go from 0 to 255 instead of 16 to 235
 * @param wide FFmpeg's {@code AVCOL_PRI_…} if there are more colours than in sRGB, otherwise 0
 * @param hdr FFmpeg's {@code AVCOL_TRC_…} if it is PQ or HLG, otherwise 0
 * @param peak for HDR, the brightness of the brightest spot in nits; otherwise 0
 */
public record Colours(int matrix, int range, boolean fullRange, int wide, int hdr, int peak) {

    /**
     * YUV matrices that FFmpeg's conversions support. Any other value, which damage may cause, counts as unspecified.
     */
    private static final Set<Integer> KNOWN_MATRICES = Set.of(
            AVCOL_SPC_BT709,
            AVCOL_SPC_FCC,
            AVCOL_SPC_BT470BG,
            AVCOL_SPC_SMPTE170M,
            AVCOL_SPC_SMPTE240M,
            AVCOL_SPC_BT2020_NCL);

    /** Transfer functions of HDR: PQ and HLG. */
    private static final Set<Integer> HDR = Set.of(AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67);

    /** Primaries with more colours than sRGB: BT.2020 and the two kinds of P3. */
    private static final Set<Integer> WIDE = Set.of(AVCOL_PRI_BT2020, AVCOL_PRI_SMPTE431, AVCOL_PRI_SMPTE432);

    /** Minimum height and width from which a video with an unspecified matrix is taken for BT.709, as players do. */
    private static final int HD_LINES = 720;

    private static final int HD_COLUMNS = 1280;

    /** Brightness of white paper in HDR, in nits, by ITU-R BT.2408. This brightness becomes the white of the JPEG. */
    private static final int WHITE = 203;

    /** Peak in nits that is assumed if the file names none: that of the displays on which most HDR is made. */
    private static final int DEFAULT_PEAK = 1000;

    /** Maximum peak of PQ in nits. */
    private static final int HIGHEST_PEAK = 10_000;

    /** Whether FFmpeg has zimg; some builds do not. */
    private static final boolean ZIMG = avfilter_get_by_name("zscale") != null;

    /** Filter that widens the range of samples. zimg takes 0.6 ms for 1080p, FFmpeg's table 1.5 ms. */
    private static final String WIDEN_RANGE = ZIMG
            ? "zscale=rangein=limited:range=full"
            // +0.5 rounds to the nearest value, because the table truncates
            : "lutyuv=y=clip((val-16)*255/219+0.5\\,0\\,255)"
                    + ":u=clip((val-128)*255/224+128.5\\,0\\,255):v=clip((val-128)*255/224+128.5\\,0\\,255)";

    /**
     * The colours that a picture claims to have. An impossible matrix is corrected in the picture as well, for FFmpeg's
     * filters.
     *
     * @param video whether a picture of at least 720 lines with an unspecified matrix is BT.709
     */
    static Colours of(AVFrame picture, boolean video) {
        AVPixFmtDescriptor about = av_pix_fmt_desc_get(picture.format());
        boolean colourful = about.nb_components() >= 3;
        int transfer = picture.color_trc();
        int hdr = colourful && HDR.contains(transfer) ? transfer : 0;
        picture.colorspace(matrix(picture, PixelLayout.isRgb(about), hdr != 0, video));
        int primaries = picture.color_primaries();
        // A still that is not HDR keeps its wide colours here, because its ICC profile is more exact.
        boolean beyond = colourful && (video || hdr != 0);
        int wide = beyond && WIDE.contains(primaries) ? primaries : hdr != 0 ? AVCOL_PRI_BT2020 : 0;
        return new Colours(
                picture.colorspace(),
                picture.color_range(),
                isFullRange(picture),
                wide,
                hdr,
                hdr == 0 ? 0 : peak(picture));
    }

    private static int matrix(AVFrame picture, boolean rgb, boolean hdr, boolean video) {
        int tagged = picture.colorspace();
        if (rgb) {
            return AVCOL_SPC_RGB;
        }
        if (KNOWN_MATRICES.contains(tagged)) {
            return tagged;
        }
        if (hdr) {
            return AVCOL_SPC_BT2020_NCL;
        }
        boolean hd = picture.height() >= HD_LINES || picture.width() >= HD_COLUMNS;
        return video && hd ? AVCOL_SPC_BT709 : AVCOL_SPC_UNSPECIFIED;
    }

    private static boolean isFullRange(AVFrame picture) {
        int format = picture.format();
        return picture.colorspace() == AVCOL_SPC_RGB
                || picture.color_range() == AVCOL_RANGE_JPEG
                || format == AV_PIX_FMT_YUVJ420P
                || format == AV_PIX_FMT_YUVJ422P
                || format == AV_PIX_FMT_YUVJ444P;
    }

    private static int peak(AVFrame picture) {
        double peak = 0;
        AVFrameSideData light = av_frame_get_side_data(picture, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL);
        if (light != null && !light.isNull()) {
            peak = new AVContentLightMetadata(light.data()).MaxCLL();
        }
        AVFrameSideData display = av_frame_get_side_data(picture, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA);
        if (peak <= 0 && display != null && !display.isNull()) {
            AVMasteringDisplayMetadata mastering = new AVMasteringDisplayMetadata(display.data());
            boolean known =
                    mastering.has_luminance() != 0 && mastering.max_luminance().den() > 0;
            peak = known
                    ? (double) mastering.max_luminance().num()
                            / mastering.max_luminance().den()
                    : 0;
        }
        return peak <= 0 ? DEFAULT_PEAK : (int) Math.clamp(peak, WHITE + 1, HIGHEST_PEAK);
    }

    boolean isBt601() {
        return matrix == AVCOL_SPC_UNSPECIFIED || matrix == AVCOL_SPC_BT470BG || matrix == AVCOL_SPC_SMPTE170M;
    }

    /** Whether the colours or the brightness are beyond those of a JPEG. */
    public boolean isBeyondJpeg() {
        return wide != 0;
    }

    /** The same colours for a picture that has been converted to RGB. */
    Colours asRgb() {
        return new Colours(AVCOL_SPC_RGB, AVCOL_RANGE_JPEG, true, wide, hdr, peak);
    }

    /** The filter that changes only the range of the samples; empty if none is needed. */
    String widened() {
        return fullRange ? "" : WIDEN_RANGE;
    }

    /**
     * The filters that bring colours and brightness from beyond a JPEG's into it.
     *
     * <p>HDR is mapped in linear light: up to three quarters of the brightness of white paper nothing changes, and
     * brighter parts, up to the peak, share the rest. Cutting highlights off instead would take a third of the time.
     *
     * @param yuv whether the result is YUV of BT.601 in full range; otherwise it is RGB
     */
    String mapped(boolean yuv) {
        String to = yuv ? "matrix=170m:range=full" : "matrix=gbr:range=full,format=gbrp";
        if (!ZIMG) { // cuts highlights off
            return "scale=out_primaries=bt709:out_transfer=iec61966-2-1:intent=relative_colorimetric"
                    + (yuv ? ":out_color_matrix=bt601:out_range=full" : ",format=gbrp");
        }
        String from = "zscale=matrixin=" + (matrix == AVCOL_SPC_UNSPECIFIED ? AVCOL_SPC_SMPTE170M : matrix)
                + ":rangein=" + (fullRange ? "full" : "limited") + ":primariesin=" + wide;
        if (hdr == 0) {
            return from + ":transferin=bt709:transfer=bt709:primaries=bt709:" + to;
        }
        return from + ":transferin=" + hdr + ":transfer=linear:primaries=bt709:npl=" + WHITE
                + ",format=gbrpf32le,tonemap=mobius:param=0.75:desat=0:peak=" + (double) peak / WHITE
                + ",zscale=transfer=iec61966-2-1:" + to;
    }
}

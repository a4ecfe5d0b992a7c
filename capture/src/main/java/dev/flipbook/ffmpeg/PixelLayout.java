package dev.flipbook.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR0;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_PAL;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GRAY8;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV422P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV444P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ422P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ444P;

import dev.flipbook.turbojpeg.TurboJpegLibrary;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;

/** The layouts of 8-bit pixels that can become JPEGs, with the numbers that FFmpeg and libjpeg-turbo have for them. */
public enum PixelLayout {
    YUV420(AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV420P, "yuvj420p", TurboJpegLibrary.SUBSAMPLING_420),
    YUV422(AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUV422P, "yuvj422p", TurboJpegLibrary.SUBSAMPLING_422),
    YUV444(AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUV444P, "yuvj444p", TurboJpegLibrary.SUBSAMPLING_444),
    GRAY(AV_PIX_FMT_GRAY8, AV_PIX_FMT_GRAY8, "gray", TurboJpegLibrary.SUBSAMPLING_GRAY),
    BGRX(AV_PIX_FMT_BGR0, AV_PIX_FMT_BGR0, "bgr0", TurboJpegLibrary.SUBSAMPLING_444);

    /** FFmpeg's pixel format; for YUV the one with full range. */
    final int format;

    /** FFmpeg's name of the format, for filters. */
    final String filter;

    /** libjpeg-turbo's number of the subsampling. */
    final int turbo;

    /** FFmpeg's format of the same layout that leaves the range open. */
    private final int sameFormat;

    PixelLayout(int format, int sameFormat, String filter, int turbo) {
        this.format = format;
        this.sameFormat = sameFormat;
        this.filter = filter;
        this.turbo = turbo;
    }

    /** The layout that loses the least of a picture in this FFmpeg format. RGB becomes YUV without subsampling. */
    static PixelLayout nearest(int format, AVPixFmtDescriptor about) {
        if (isRgb(about)) {
            return YUV444;
        }
        if (about.nb_components() < 3) {
            return GRAY;
        }
        if (about.log2_chroma_w() == 0 && about.log2_chroma_h() == 0) {
            return YUV444;
        }
        return about.log2_chroma_w() == 1 && about.log2_chroma_h() == 0 ? YUV422 : YUV420;
    }

    public static boolean isRgb(AVPixFmtDescriptor about) {
        return (about.flags() & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
    }

    /** Whether pictures of this FFmpeg format have this layout in memory, whatever their range. */
    boolean isOf(int ffmpegFormat) {
        return ffmpegFormat == format || ffmpegFormat == sameFormat;
    }

    boolean isYuv() {
        return format != sameFormat;
    }
}

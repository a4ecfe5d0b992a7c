package dev.flipbook.live;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AV1;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG1VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2TS;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG4;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_NONE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_RAWVIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP8;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP9;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;

/**
 * The video codecs that are accepted from a network: those that the tests of this package send. FFmpeg has over a
 * hundred more; without this list, a sender could choose one with a vulnerability.
 */
final class Codecs {

    /**
     * An accepted codec.
     *
     * @param name the codec's usual name
     * @param overRtp whether the codec is accepted in RTP, which needs code of its own for each codec. FFmpeg's code
     *     for AV1 writes outside its memory, and a packet of plain pixels may claim any size
     */
    private record Codec(int id, String name, boolean overRtp) {}

    private static final List<Codec> TAKEN = List.of(
            new Codec(AV_CODEC_ID_H264, "H.264", true),
            new Codec(AV_CODEC_ID_HEVC, "H.265", true),
            new Codec(AV_CODEC_ID_MJPEG, "Motion JPEG", true),
            new Codec(AV_CODEC_ID_MPEG4, "MPEG-4", true),
            new Codec(AV_CODEC_ID_MPEG2VIDEO, "MPEG-2", true),
            new Codec(AV_CODEC_ID_VP8, "VP8", true),
            new Codec(AV_CODEC_ID_VP9, "VP9", true),
            new Codec(AV_CODEC_ID_AV1, "AV1", false),
            new Codec(AV_CODEC_ID_RAWVIDEO, "plain pixels", false));

    /**
     * Decoders of FFmpeg for the same codecs, which are used if a file stores the opacity of its pictures separately.
     */
    private static final List<String> WITH_OPACITY = List.of("libvpx", "libvpx-vp9");

    private Codecs() {}

    /**
     * FFmpeg's names of the decoders that may be opened for a network stream, as its option {@code codec_whitelist}
     * wants them.
     */
    static String decoders() {
        Set<String> names = new LinkedHashSet<>(WITH_OPACITY);
        for (Codec codec : TAKEN) {
            AVCodec decoder = avcodec_find_decoder(codec.id);
            if (decoder != null) {
                names.add(decoder.name().getString());
            }
        }
        return String.join(",", names);
    }

    /**
     * Checks the codecs that an RTP server has announced, before any packet is read.
     *
     * @param name the sender's name, for the message
     * @throws IOException if a codec is not accepted
     */
    static void checkAnnounced(AVFormatContext announced, String name) throws IOException {
        for (int i = 0; i < announced.nb_streams(); i++) {
            AVCodecParameters track = announced.streams(i).codecpar();
            boolean video = track.codec_type() == AVMEDIA_TYPE_VIDEO;
            boolean carrier = track.codec_id() == AV_CODEC_ID_MPEG2TS; // its video is checked when it is known
            if (video
                    && !carrier
                    && codec(track.codec_id()).filter(Codec::overRtp).isEmpty()) {
                throw refusal(name, track.codec_id(), true);
            }
        }
    }

    /**
     * Checks the track that is to be decoded.
     *
     * @param name the sender's name, for the message
     * @throws IOException if its codec is not accepted
     */
    static void check(AVCodecParameters track, String name) throws IOException {
        if (codec(track.codec_id()).isEmpty()) {
            throw refusal(name, track.codec_id(), false);
        }
    }

    private static Optional<Codec> codec(int id) {
        // the same decoder and the same RTP payload
        int same = id == AV_CODEC_ID_MPEG1VIDEO ? AV_CODEC_ID_MPEG2VIDEO : id;
        return TAKEN.stream().filter(codec -> codec.id == same).findFirst();
    }

    private static IOException refusal(String name, int id, boolean overRtp) {
        String codec = codec(id)
                .map(Codec::name)
                .orElseGet(() -> id == AV_CODEC_ID_NONE
                        ? "video of a kind that is not known here"
                        : avcodec_get_name(id).getString());
        String taken = TAKEN.stream()
                .filter(one -> one.overRtp || !overRtp)
                .map(Codec::name)
                .collect(Collectors.joining(", "));
        return new IOException(name + " sends " + codec + (overRtp ? " in RTP" : "")
                + ", which is not taken from a network; let it send one of these: " + taken);
    }
}

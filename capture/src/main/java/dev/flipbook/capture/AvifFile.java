package dev.flipbook.capture;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AV1;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_SEEKABLE_NORMAL;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** An AVIF in memory: the one packet that is its picture. Nothing else can be opened for it. One thread at a time. */
final class AvifFile implements AutoCloseable {

    private final AVFormatContext context;
    private final AVIOContext io;

    /** All that the file is. FFmpeg reads from it as from a buffer that is full already, and there is nothing behind it. */
    @SuppressWarnings("restricted") // memory of FFmpeg's, as large as it was asked for
    private AvifFile(ByteBuffer bytes) throws IOException {
        int size = bytes.remaining();
        BytePointer memory = new BytePointer(Ffmpeg.allocated(av_malloc(size)));
        MemorySegment.ofAddress(memory.address()).reinterpret(size).copyFrom(MemorySegment.ofBuffer(bytes));
        io = avio_alloc_context(memory, size, 0, null, null, null, null);
        context = avformat_alloc_context();
    }

    static AvifFile open(ByteBuffer bytes) throws IOException {
        AvifFile file = new AvifFile(bytes);
        try {
            file.open();
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void open() throws IOException {
        Ffmpeg.allocated(io).seekable(AVIO_SEEKABLE_NORMAL);
        Ffmpeg.allocated(context).pb(io);
        AVDictionary options = new AVDictionary((Pointer) null);
        try {
            av_dict_set(options, "protocol_whitelist", "none", 0);
            int opened = avformat_open_input(context, "", av_find_input_format("mov"), options);
            Ffmpeg.check(opened, "the AVIF is damaged");
        } finally {
            av_dict_free(options);
        }
        if (context.nb_streams() == 0 || context.streams(0).codecpar().codec_id() != AV_CODEC_ID_AV1) {
            throw new IOException("the AVIF holds no picture");
        }
        if (context.nb_stream_groups() > 0) {
            throw new IOException("the AVIF is put together of tiles, which is not supported");
        }
    }

    AVCodecParameters parameters() {
        return context.streams(0).codecpar();
    }

    void read(AVPacket packet) throws IOException {
        do {
            Ffmpeg.check(av_read_frame(context, packet), "the AVIF is cut off or damaged");
        } while (packet.stream_index() != 0);
    }

    @Override
    public void close() {
        avformat_close_input(context);
        if (io != null && !io.isNull()) {
            av_free(io.buffer());
            avio_context_free(io);
        }
    }
}

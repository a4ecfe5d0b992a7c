package dev.flipbook.imagefile;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_SEEKABLE_NORMAL;
import static org.bytedeco.ffmpeg.global.avformat.AV_STREAM_GROUP_PARAMS_TILE_GRID;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import dev.flipbook.ffmpeg.Ffmpeg;
import dev.flipbook.ffmpeg.PictureShape;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.GreyRange;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.Orientation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStreamGroup;
import org.bytedeco.ffmpeg.avformat.AVStreamGroupTileGrid;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * An AVIF or HEIC file in memory. The picture may be stored as the tiles of a grid. FFmpeg cannot open anything else
 * while it reads the file. Used by one thread at a time.
 */
final class HeifFile implements AutoCloseable {

    private final String kind;
    private final AVFormatContext context;
    private final AVIOContext io;
    private final AVPacket packet;

    /** Gives FFmpeg the whole file as a buffer that is already full, with nothing after it. */
    @SuppressWarnings("restricted") // memory that FFmpeg has allocated, of the requested size
    private HeifFile(ByteBuffer bytes, String kind) throws IOException {
        this.kind = kind;
        int size = bytes.remaining();
        BytePointer memory = new BytePointer(Ffmpeg.allocated(av_malloc(size)));
        MemorySegment.ofAddress(memory.address()).reinterpret(size).copyFrom(MemorySegment.ofBuffer(bytes));
        io = avio_alloc_context(memory, size, 0, null, null, null, null);
        context = avformat_alloc_context();
        packet = av_packet_alloc();
    }

    /** @param kind name for error messages, such as AVIF */
    static HeifFile open(ByteBuffer bytes, String kind) throws IOException {
        HeifFile file = new HeifFile(bytes, kind);
        try {
            file.open();
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void open() throws IOException {
        Ffmpeg.allocated(packet);
        Ffmpeg.allocated(io).seekable(AVIO_SEEKABLE_NORMAL);
        Ffmpeg.allocated(context).pb(io);
        AVDictionary options = new AVDictionary((Pointer) null);
        try {
            av_dict_set(options, "protocol_whitelist", "none", 0);
            if (avformat_open_input(context, "", av_find_input_format("mov"), options) < 0) {
                throw new IOException("the " + kind + " is damaged");
            }
        } finally {
            av_dict_free(options);
        }
        if (context.nb_streams() == 0 || parameters(0).codec_type() != AVMEDIA_TYPE_VIDEO) {
            throw new IOException("the " + kind + " holds no picture");
        }
    }

    private AVCodecParameters parameters(int stream) {
        return context.streams(stream).codecpar();
    }

    /** The whole picture, upright. */
    Canvas canvas(Optional<GreyRange> range) throws IOException {
        AVStreamGroup tiled = tiled();
        if (tiled != null) {
            return tiles(tiled, tiled.params_tile_grid(), range);
        }
        do {
            read();
        } while (packet.stream_index() != 0);
        return decoded(0, range).canvas();
    }

    private @Nullable AVStreamGroup tiled() {
        for (int i = 0; i < context.nb_stream_groups(); i++) {
            if (context.stream_groups(i).type() == AV_STREAM_GROUP_PARAMS_TILE_GRID) {
                return context.stream_groups(i);
            }
        }
        return null;
    }

    private void read() throws IOException {
        av_packet_unref(packet);
        if (av_read_frame(context, packet) < 0) {
            throw new IOException("the " + kind + " is cut off or damaged");
        }
    }

    /** Decodes the packet that was read last. */
    private SingleImageDecoder.Pixels decoded(int stream, Optional<GreyRange> range) throws IOException {
        try (SingleImageDecoder decoder =
                new SingleImageDecoder(parameters(stream).codec_id())) {
            decoder.open(parameters(stream));
            return decoder.decode(packet, range);
        }
    }

    private Canvas tiles(AVStreamGroup tiled, AVStreamGroupTileGrid grid, Optional<GreyRange> range)
            throws IOException {
        int width = grid.width();
        int height = grid.height();
        if (width <= 0 || height <= 0 || (long) width * height > Jpeg.MAX_PIXELS) {
            throw new IOException("the " + kind + " has " + width + "x" + height + " pixels; at most " + Jpeg.MAX_PIXELS
                    + " in all are shown");
        }
        int[] pixels = new int[width * height];
        boolean[] placed = new boolean[grid.nb_tiles()];
        for (int missing = placed.length; missing > 0; ) {
            read();
            SingleImageDecoder.Pixels tile = null;
            for (int i = 0; i < placed.length; i++) {
                int stream = stream(tiled, grid, i);
                if (stream == packet.stream_index() && !placed[i]) {
                    tile = tile == null ? decoded(stream, range) : tile;
                    int x = grid.offsets_horizontal(i) - grid.horizontal_offset();
                    int y = grid.offsets_vertical(i) - grid.vertical_offset();
                    place(tile, pixels, x, y, width, height);
                    placed[i] = true;
                    missing--;
                }
            }
        }
        return Canvas.of(pixels, width, height).turned(turn(grid));
    }

    /** The stream that holds a tile of the grid. */
    private int stream(AVStreamGroup tiled, AVStreamGroupTileGrid grid, int tile) throws IOException {
        int index = grid.offsets_idx(tile);
        if (index < 0 || index >= tiled.nb_streams()) {
            throw new IOException("the " + kind + " is damaged: its grid names a tile that is not there");
        }
        return tiled.streams(index).index();
    }

    /** Copies the part of a tile that lies within the picture. */
    private static void place(SingleImageDecoder.Pixels tile, int[] pixels, int x, int y, int width, int height) {
        int from = Math.max(0, -x);
        int columns = Math.min(tile.width(), width - x) - from;
        for (int row = Math.max(0, -y); columns > 0 && row < Math.min(tile.height(), height - y); row++) {
            System.arraycopy(tile.rgb(), row * tile.width() + from, pixels, (y + row) * width + x + from, columns);
        }
    }

    private static Orientation turn(AVStreamGroupTileGrid grid) {
        AVPacketSideData matrix =
                av_packet_side_data_get(grid.coded_side_data(), grid.nb_coded_side_data(), AV_PKT_DATA_DISPLAYMATRIX);
        return matrix == null || matrix.isNull()
                ? Orientation.UPRIGHT
                : PictureShape.turn(matrix.data(), matrix.size());
    }

    @Override
    public void close() {
        av_packet_free(packet);
        avformat_close_input(context);
        if (io != null && !io.isNull()) {
            av_free(io.buffer());
            avio_context_free(io);
        }
    }
}

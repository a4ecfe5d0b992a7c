package dev.flipbook.capture;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * The pictures of a file that holds JPEGs already: they pass, untouched but for the
 * orientation where a turn is asked for. Confined to the source thread.
 */
final class JpegPackets implements PictureReader {

    private final MediaFile file;
    private final SourceOptions options;
    private final JpegBuffer buffer = new JpegBuffer();

    /** Takes over the file, and closes it with itself. */
    JpegPackets(MediaFile file, SourceOptions options) {
        this.file = file;
        this.options = options;
    }

    @Override
    public boolean advance() throws InterruptedException {
        return file.read();
    }

    @Override
    public long timestamp() {
        AVPacket packet = file.packet();
        long pts = file.nanos(packet.pts());
        return pts == Pace.UNKNOWN ? file.nanos(packet.dts()) : pts;
    }

    @Override
    public long duration() {
        long duration = file.packet().duration();
        return duration <= 0 ? 0 : file.nanos(duration);
    }

    @Override
    @SuppressWarnings("restricted") // FFmpeg's memory, which it describes with an address and a size
    public Optional<Frame> frame() {
        AVPacket packet = file.packet();
        try {
            Frame frame = buffer.copyOf(
                    MemorySegment.ofAddress(packet.data().address()).reinterpret(packet.size()));
            return Optional.of(frame.turned(options.rotate(), options.mirror()));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a damaged picture; the next one may be whole
        }
    }

    @Override
    public boolean rewind() {
        return file.rewind();
    }

    @Override
    public String encoder() {
        return "none";
    }

    @Override
    public void close() {
        buffer.close();
        file.close();
    }
}

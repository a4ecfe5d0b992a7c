package dev.flipbook.ffmpeg;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.turbojpeg.JpegBuffer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * Passes on the pictures of an input that contains JPEGs. The pictures are not changed, except for their orientation if
 * a turn is requested. Used by the source thread only.
 */
final class JpegPackets implements PictureReader {

    private final MediaInput input;
    private final SourceOptions options;
    private final JpegBuffer buffer = new JpegBuffer();

    /** Takes ownership of the input, and closes it at the end. */
    JpegPackets(MediaInput input, SourceOptions options) {
        this.input = input;
        this.options = options;
    }

    @Override
    public boolean advance() throws IOException, InterruptedException {
        return input.read();
    }

    @Override
    public long timestamp() {
        AVPacket packet = input.packet();
        long pts = input.nanos(packet.pts());
        return pts == MediaInput.UNKNOWN ? input.nanos(packet.dts()) : pts;
    }

    @Override
    public long duration() {
        long duration = input.packet().duration();
        return duration <= 0 ? 0 : input.nanos(duration);
    }

    @Override
    @SuppressWarnings("restricted") // FFmpeg describes its memory by an address and a size
    public Optional<Frame> frame() {
        AVPacket packet = input.packet();
        try {
            Jpeg picture = buffer.copyOf(
                    MemorySegment.ofAddress(packet.data().address()).reinterpret(packet.size()));
            return Optional.of(Frame.of(picture).turned(options.rotate(), options.mirror()));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a damaged picture; the next one may be complete
        }
    }

    @Override
    public boolean rewind() {
        return input.rewind();
    }

    @Override
    public String encoder() {
        return "none";
    }

    @Override
    public void close() {
        buffer.close();
        input.close();
    }
}

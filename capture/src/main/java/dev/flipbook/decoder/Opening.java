package dev.flipbook.decoder;

import dev.flipbook.SourceOptions;
import dev.flipbook.image.GreyRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The description of a source that a decoder process is to open. Immutable.
 *
 * @param source a file's path, or a stream's address with its secrets
 * @param addresses the stream's addresses, which the server has resolved and checked; none for a file
 */
record Opening(String source, List<String> addresses, SourceOptions options) {

    /** Maximum number of addresses; one host has fewer. */
    private static final int MAX_ADDRESSES = 64;

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(source);
            List<String> tried = addresses.subList(0, Math.min(addresses.size(), MAX_ADDRESSES));
            out.writeInt(tried.size());
            for (String address : tried) {
                out.writeUTF(address);
            }
            out.writeInt(options.fps());
            out.writeInt(options.width());
            out.writeInt(options.height());
            out.writeInt(options.quality());
            out.writeInt(options.rotate());
            out.writeBoolean(options.mirror());
            out.writeLong(options.interval().toMillis());
            out.writeUTF(options.format());
            out.writeLong(packed(options.range()));
        } catch (IOException e) {
            throw new UncheckedIOException("the source's name is too long", e);
        }
        return bytes.toByteArray();
    }

    static Opening of(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        String source = in.readUTF();
        List<String> addresses = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            addresses.add(in.readUTF());
        }
        SourceOptions options = new SourceOptions(
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readBoolean(),
                false,
                Duration.ofMillis(in.readLong()),
                in.readUTF(),
                Map.of());
        return new Opening(source, addresses, options.withRange(range(in.readLong())));
    }

    /** A range as one number; 0, which is not a valid range, stands for none. */
    static long packed(Optional<GreyRange> range) {
        return range.map(shown -> (long) shown.low() << 32 | shown.high()).orElse(0L);
    }

    static Optional<GreyRange> range(long packed) {
        return packed == 0 ? Optional.empty() : Optional.of(new GreyRange((int) (packed >> 32), (int) packed));
    }
}

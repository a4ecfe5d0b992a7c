package dev.flipbook.picture;

import dev.flipbook.image.ColourProfile;
import dev.flipbook.image.MatrixProfile;
import dev.flipbook.image.MatrixProfile.Places;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The colours of a PNG as its chunks define them, in the order in which browsers prefer them: a cICP chunk, an ICC
 * profile, the chunk that says sRGB, and last a gamma with or without primaries.
 */
final class PngColours {

    private static final int IDAT = 0x49444154;
    private static final int CICP = 0x63494350;
    private static final int ICCP = 0x69434350;
    private static final int SRGB = 0x73524742;
    private static final int GAMA = 0x67414D41;
    private static final int CHRM = 0x6348524D;

    /**
     * Maximum size of a profile, as for {@link dev.flipbook.jpeg.Jpeg#profile()}. Larger ones are not decompressed.
     */
    private static final int MAX_PROFILE = 1 << 20;

    /** Unit of the fractions in a PNG. */
    private static final double UNIT = 100_000;

    /** Place of the colour type in the header; grey has 0, or 4 with an alpha channel. */
    private static final int COLOUR_TYPE = 25;

    private final Map<Integer, ByteBuffer> chunks = new HashMap<>();
    private final boolean grey;

    /**
     * Reads the chunks before the pixels.
     *
     * @param png a whole file
     */
    PngColours(ByteBuffer png) {
        ByteBuffer all = png.slice();
        grey = all.get(COLOUR_TYPE) % 4 == 0;
        int at = 8;
        while (at <= all.limit() - 12 && all.getInt(at + 4) != IDAT) {
            int length = all.getInt(at);
            chunks.putIfAbsent(all.getInt(at + 4), all.slice(at + 8, length));
            at += 12 + length;
        }
    }

    /** The conversion from the picture's colours to sRGB; empty when they are sRGB already. */
    Optional<ColourProfile> profile() {
        if (has(CICP, 4)) {
            ByteBuffer codes = chunk(CICP);
            return MatrixProfile.ofCodes(codes.get(0), codes.get(1)).flatMap(MatrixProfile::profile);
        }
        Optional<ColourProfile> profile = has(ICCP, 4) ? embedded(chunk(ICCP)) : Optional.empty();
        if (profile.isPresent() || has(SRGB, 1) || !has(GAMA, 4)) {
            return profile;
        }
        int gamma = chunk(GAMA).getInt(0);
        if (gamma < UNIT / 10 || gamma > UNIT * 10) {
            return Optional.empty(); // no screen has such a gamma
        }
        return new MatrixProfile(places(), UNIT / gamma).profile();
    }

    private boolean has(int kind, int length) {
        return chunks.containsKey(kind) && chunk(kind).limit() >= length;
    }

    private ByteBuffer chunk(int kind) {
        return chunks.getOrDefault(kind, ByteBuffer.allocate(0));
    }

    private Places places() {
        if (!has(CHRM, 32)) {
            return Places.SRGB;
        }
        double[] of = new double[8];
        for (int i = 0; i < of.length; i++) {
            of[i] = chunk(CHRM).getInt(4 * i) / UNIT;
        }
        return new Places(of[0], of[1], of[2], of[3], of[4], of[5], of[6], of[7]);
    }

    /** The profile in an iCCP chunk: a name, a zero, the kind of compression, and the compressed profile. */
    private Optional<ColourProfile> embedded(ByteBuffer chunk) {
        int name = 0;
        while (name < chunk.limit() && chunk.get(name) != 0) {
            name++;
        }
        if (name + 2 >= chunk.limit()) {
            return Optional.empty();
        }
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(chunk.slice(name + 2, chunk.limit() - name - 2));
            byte[] profile = new byte[MAX_PROFILE];
            int size = inflater.inflate(profile);
            return ColourProfile.of(Arrays.copyOf(profile, inflater.finished() ? size : 0))
                    .filter(found -> found.suits(grey));
        } catch (DataFormatException e) {
            return Optional.empty(); // browsers show the picture as if it had no profile
        } finally {
            inflater.end();
        }
    }
}

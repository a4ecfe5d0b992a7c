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
 * What the chunks of a PNG say of its colours, as browsers take it: a cICP chunk before an ICC profile, that before the chunk which
 * says sRGB, and last a gamma, with or without primaries.
 */
final class PngColours {

    private static final int IDAT = 0x49444154;
    private static final int CICP = 0x63494350;
    private static final int ICCP = 0x69434350;
    private static final int SRGB = 0x73524742;
    private static final int GAMA = 0x67414D41;
    private static final int CHRM = 0x6348524D;

    /** Larger profiles are not unpacked: see {@link dev.flipbook.mjpeg.Jpeg#profile()}. */
    private static final int MAX_PROFILE = 1 << 20;

    /** Of the fractions in a PNG. */
    private static final double UNIT = 100_000;

    /** Where the header says what samples there are; for grey this is 0, and 4 with an opacity. */
    private static final int COLOUR_TYPE = 25;

    private final Map<Integer, ByteBuffer> chunks = new HashMap<>();
    private final boolean grey;

    /** @param png a whole one */
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

    /** The way from its colours to sRGB; empty when it is there already. */
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
            return Optional.empty(); // no screen is like that
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

    /** A name, a zero, the kind of packing, and the packed profile. */
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
            return Optional.empty(); // browsers show the picture as if it had none
        } finally {
            inflater.end();
        }
    }
}

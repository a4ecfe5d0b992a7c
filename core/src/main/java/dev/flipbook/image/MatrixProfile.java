package dev.flipbook.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * The colours of a screen, defined by the places of its white and its primaries and by one curve, as in pictures
 * without an ICC profile. Such colours are converted to an ICC profile, so that there is a single way to sRGB.
 * Immutable.
 *
 * @param places x and y of white, red, green and blue in the CIE diagram
 * @param gamma exponent from a sample to light; 0 for the curve of sRGB
 */
public record MatrixProfile(Places places, double gamma) {

    /** Places of colours in the CIE diagram of 1931. */
    public record Places(
            double whiteX,
            double whiteY,
            double redX,
            double redY,
            double greenX,
            double greenY,
            double blueX,
            double blueY) {

        /** The places of sRGB. */
        public static final Places SRGB = new Places(0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06);
    }

    /** The primaries of ITU-T H.273 that are in use and differ from those of sRGB: BT.2020, DCI-P3 and Display P3. */
    private static final Map<Integer, Places> PRIMARIES = Map.of(
            9, new Places(0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
            11, new Places(0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
            12, new Places(0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060));

    /**
     * The gammas of ITU-T H.273. For all other curves of pictures with ordinary brightness, browsers use that of sRGB.
     */
    private static final Map<Integer, Double> GAMMAS = Map.of(4, 2.2, 5, 2.8, 8, 1.0);

    /** PQ and HLG: curves for more brightness than that of an ordinary screen. */
    private static final int PQ = 16;

    private static final int HLG = 18;

    /**
     * The white of ICC's own colours, as x, y and z, and the Bradford matrix, which converts from one white to another.
     */
    private static final double[] D50 = {0.9642, 1, 0.8249};

    private static final double[][] BRADFORD = {
        {0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}
    };

    /**
     * The colours for two codes of ITU-T H.273.
     *
     * @return empty when the codes mean sRGB, or are not known here
     */
    public static Optional<MatrixProfile> ofCodes(int primaries, int transfer) {
        double gamma = GAMMAS.getOrDefault(transfer, 0.0);
        Places places = PRIMARIES.getOrDefault(primaries, Places.SRGB);
        boolean usual = gamma == 0 && places.equals(Places.SRGB);
        return usual || transfer == PQ || transfer == HLG
                ? Optional.empty()
                : Optional.of(new MatrixProfile(places, gamma));
    }

    /** The conversion to sRGB; empty when the places are impossible. Needs java.desktop. */
    public Optional<ColourProfile> profile() {
        double[][] colours = colours();
        for (double[] row : colours) {
            for (double value : row) {
                if (!(Math.abs(value) < 16)) {
                    return Optional.empty();
                }
            }
        }
        return ColourProfile.of(icc(colours));
    }

    /** The ICC profile with the same colours. */
    byte[] icc() {
        return icc(colours());
    }

    /** X, Y and Z of red, green and blue, one column each, under D50. */
    private double[][] colours() {
        double[][] primaries = {
            {places.redX, places.greenX, places.blueX},
            {places.redY, places.greenY, places.blueY},
            {1 - places.redX - places.redY, 1 - places.greenX - places.greenY, 1 - places.blueX - places.blueY}
        };
        double[] white = {places.whiteX / places.whiteY, 1, (1 - places.whiteX - places.whiteY) / places.whiteY};
        double[][] lit = times(primaries, diagonal(times(inverse(primaries), white)));
        double[] here = times(BRADFORD, white);
        double[] there = times(BRADFORD, D50);
        double[] gains = {there[0] / here[0], there[1] / here[1], there[2] / here[2]};
        return times(times(inverse(BRADFORD), times(diagonal(gains), BRADFORD)), lit);
    }

    /** The profile as bytes: a header, a table of tags, the colours, and one curve that all three share. */
    private byte[] icc(double[][] colours) {
        String[] names = {"rXYZ", "gXYZ", "bXYZ", "wtpt", "rTRC", "gTRC", "bTRC"};
        int tags = 128 + 4 + 12 * names.length;
        int curve = tags + 4 * 20;
        ByteBuffer icc = ByteBuffer.allocate(curve + 32);
        icc.putInt(icc.capacity()).putInt(0).putInt(0x04300000);
        icc.put(ascii("mntrRGB XYZ ")).position(36).put(ascii("acsp"));
        xyz(icc.position(68), D50[0], D50[1], D50[2]);
        icc.position(128).putInt(names.length);
        for (int i = 0; i < names.length; i++) {
            icc.put(ascii(names[i])).putInt(Math.min(curve, tags + 20 * i)).putInt(i < 4 ? 20 : 32);
        }
        for (int i = 0; i < 3; i++) {
            xyz(icc.put(ascii("XYZ ")).putInt(0), colours[0][i], colours[1][i], colours[2][i]);
        }
        xyz(icc.put(ascii("XYZ ")).putInt(0), D50[0], D50[1], D50[2]);
        icc.put(ascii("para")).putInt(0);
        if (gamma > 0) {
            xyz(icc.putInt(0), gamma, 0, 0);
        } else {
            xyz(icc.putInt(3 << 16), 2.4, 1 / 1.055, 0.055 / 1.055);
            icc.putInt(fixed(1 / 12.92)).putInt(fixed(0.04045));
        }
        return icc.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void xyz(ByteBuffer to, double x, double y, double z) {
        to.putInt(fixed(x)).putInt(fixed(y)).putInt(fixed(z));
    }

    /** A fraction as ICC stores it: 16 bits before the point and 16 after it. */
    private static int fixed(double value) {
        return (int) Math.round(value * 65536);
    }

    private static double[][] diagonal(double[] values) {
        return new double[][] {{values[0], 0, 0}, {0, values[1], 0}, {0, 0, values[2]}};
    }

    private static double[] times(double[][] matrix, double[] column) {
        double[] product = new double[3];
        for (int row = 0; row < 3; row++) {
            for (int i = 0; i < 3; i++) {
                product[row] += matrix[row][i] * column[i];
            }
        }
        return product;
    }

    private static double[][] times(double[][] first, double[][] second) {
        double[][] product = new double[3][3];
        for (int column = 0; column < 3; column++) {
            double[] made = times(first, new double[] {second[0][column], second[1][column], second[2][column]});
            for (int row = 0; row < 3; row++) {
                product[row][column] = made[row];
            }
        }
        return product;
    }

    /** The inverse matrix by cofactors; its values are infinite when there is none. */
    private static double[][] inverse(double[][] m) {
        double[][] inverse = new double[3][3];
        double determinant = 0;
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++) {
                int a = (column + 1) % 3;
                int b = (column + 2) % 3;
                int c = (row + 1) % 3;
                int d = (row + 2) % 3;
                inverse[row][column] = m[a][c] * m[b][d] - m[a][d] * m[b][c];
            }
        }
        for (int i = 0; i < 3; i++) {
            determinant += m[0][i] * inverse[i][0];
        }
        for (double[] row : inverse) {
            for (int i = 0; i < 3; i++) {
                row[i] /= determinant;
            }
        }
        return inverse;
    }
}

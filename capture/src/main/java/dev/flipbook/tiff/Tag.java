package dev.flipbook.tiff;

import java.util.Arrays;
import java.util.Optional;

/** The tags of a directory that are read, all about the picture's pixels. Other tags are ignored. */
enum Tag {
    WIDTH(256),
    HEIGHT(257),
    BITS(258),
    COMPRESSION(259),
    PHOTOMETRIC(262),
    FILL_ORDER(266),
    STRIP_OFFSETS(273),
    ORIENTATION(274),
    SAMPLES(277),
    STRIP_ROWS(278),
    STRIP_BYTES(279),
    PLANAR(284),
    T4_OPTIONS(292),
    T6_OPTIONS(293),
    PREDICTOR(317),
    COLOUR_MAP(320),
    TILE_WIDTH(322),
    TILE_HEIGHT(323),
    TILE_OFFSETS(324),
    TILE_BYTES(325),
    INKS(332),
    EXTRA_SAMPLES(338),
    SAMPLE_FORMAT(339),
    JPEG_TABLES(347),
    YCBCR_COEFFICIENTS(529),
    YCBCR_SUBSAMPLING(530),
    YCBCR_POSITIONING(531),
    BLACK_AND_WHITE(532),
    PROFILE(34675);

    private final int number;

    Tag(int number) {
        this.number = number;
    }

    static Optional<Tag> of(int number) {
        return Arrays.stream(values()).filter(tag -> tag.number == number).findFirst();
    }
}

package dev.flipbook.decoder;

/** What a decoder process is for, which says what it may do. Sources of different kinds never share one. */
enum DecoderKind {
    /** Video files: no network. */
    FILES(Confinement.Kind.FILES, 64),

    /** Live streams: no files. Streams of pictures are decoded in Java, in memory of the heap. */
    NETWORK(Confinement.Kind.NETWORK, 256),

    /** Still pictures, one at a time: neither. The heap holds the largest picture, before and after a turn. */
    STILLS(Confinement.Kind.FILES, 640);

    final Confinement.Kind confinement;

    /** The most heap, in MiB, of which a decoder takes what it needs. */
    final int heap;

    DecoderKind(Confinement.Kind confinement, int heap) {
        this.confinement = confinement;
        this.heap = heap;
    }
}

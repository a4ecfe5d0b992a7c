package dev.flipbook.decoder;

import dev.flipbook.confinement.Confinement;

/** The purpose of a decoder process, which determines its rights. Sources of different kinds never share a process. */
enum DecoderKind {
    /** Video files; no network. */
    FILES(Confinement.Kind.FILES, 64),

    /** Live streams; no files. The heap is larger because streams of pictures are decoded in Java. */
    NETWORK(Confinement.Kind.NETWORK, 256),

    /**
     * Still pictures, one at a time; neither network nor files. The heap holds the largest picture twice, before and
     * after it is turned.
     */
    STILLS(Confinement.Kind.FILES, 640);

    final Confinement.Kind confinement;

    /** Maximum heap in MiB; a decoder allocates only what it needs. */
    final int heap;

    DecoderKind(Confinement.Kind confinement, int heap) {
        this.confinement = confinement;
        this.heap = heap;
    }
}

/**
 * The way of a picture from an origin to the viewers. {@link dev.flipbook.delivery.CurrentEdition} is the slot with the
 * newest {@link dev.flipbook.delivery.Edition}; {@link dev.flipbook.delivery.Broadcast} wakes the viewers for each;
 * {@link dev.flipbook.delivery.FeedViewer} is one of them. Not for programs.
 *
 * <p><b>Holders.</b> A block is held twice: for the newest edition, and in the
 * {@link dev.flipbook.delivery.LastPicture}. A repeat is the same block under a new number, and the first holding passes
 * to it. The newest edition is replaced, and only then is the former one released.
 *
 * <p><b>Letting go.</b> When the source is idle and nobody watches, the newest edition is forgotten: the next viewer
 * waits for a new picture, and the last one stays for placeholders. When the origin is exchanged or paused, the last
 * picture is forgotten too. When the feed ends, the newest edition becomes the end, with the closing delimiter. When the
 * last viewer of a closed feed has left, or that of a variant, all memory goes back.
 */
package dev.flipbook.delivery;

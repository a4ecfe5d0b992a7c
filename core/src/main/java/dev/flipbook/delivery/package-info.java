/**
 * The way of a picture from an origin to the viewers. {@link dev.flipbook.delivery.CurrentEdition} is the slot with the
 * newest {@link dev.flipbook.delivery.Edition}; {@link dev.flipbook.delivery.Broadcast} wakes the viewers for each;
 * {@link dev.flipbook.delivery.FeedViewer} is one of them. Not for programs.
 */
package dev.flipbook.delivery;

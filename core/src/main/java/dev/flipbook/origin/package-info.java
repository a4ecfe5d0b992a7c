/**
 * Where the pictures of a feed come from. An {@link dev.flipbook.origin.Origin} is one of three siblings:
 * {@link dev.flipbook.origin.SourceRunner} opens a source while somebody watches,
 * {@link dev.flipbook.origin.ProgramOrigin} takes what this program publishes, and
 * {@link dev.flipbook.origin.PublisherOrigin} what other programs do. {@link dev.flipbook.origin.Drafts} makes JPEGs of
 * pictures that are not JPEGs yet. Not for programs.
 */
package dev.flipbook.origin;

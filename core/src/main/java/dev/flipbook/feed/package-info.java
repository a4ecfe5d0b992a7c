/**
 * The feed as a program has it. {@link dev.flipbook.feed.Feeds} has all feeds of a process by name, and is where a
 * program begins. A {@link dev.flipbook.feed.Feed} consists of its {@code Audience}, its {@code Snapshots}, and
 * {@code Standby}, which shows something while no picture comes.
 */
package dev.flipbook.feed;

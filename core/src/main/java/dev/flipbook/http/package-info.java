/** Other servers' streams and pictures, by HTTP. */
package dev.flipbook.http;

/**
 * What all endpoints share: {@code Exchange} is a request and its response, {@code HttpError} a refusal.
 * {@code HostCheck}, {@code SameOrigin} and {@code EmbedPolicy} decide who may ask for what. {@code FairConnector},
 * {@code FairEndPoint} and {@code ConnectionGuard} divide threads and connections fairly among clients. A
 * {@code Heartbeat} runs what must be done regularly while somebody needs it.
 */
package dev.flipbook.server.http;
